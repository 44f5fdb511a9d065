// src/image/record_cache.cpp
#include "record_cache.h"

#include <iterator>

#include "keys.h"

namespace platter::image {
namespace {

// About what a decoded record takes here, as measured with a dozen properties:
// its strings are nodes of maps, about twice as large as their bytes.
std::uint64_t cost_of(std::size_t encoded) { return 768 + 2 * encoded; }

}  // namespace

RecordPtr RecordCache::find(Number number) {
  const std::lock_guard lock(mutex_);
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : use(found->second);
}

RecordPtr RecordCache::find(std::string_view key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : use(found->second);
}

std::uint64_t RecordCache::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void RecordCache::keep(const RecordPtr& record, std::size_t encoded,
                       std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation == generation_) add(record, encoded);
}

void RecordCache::replace(const RecordPtr& record, std::size_t encoded) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  add(record, encoded);
}

void RecordCache::erase(Number number) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  drop(number);
}

RecordPtr RecordCache::use(Entries::iterator entry) {
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->record;
}

void RecordCache::add(const RecordPtr& record, std::size_t encoded) {
  drop(record->number);
  entries_.push_front({record, name_key(*record), cost_of(encoded)});
  const auto entry = entries_.begin();
  by_number_.emplace(record->number, entry);
  by_key_.emplace(entry->key, entry);
  cost_ += entry->cost;
  while (cost_ > limit_ && entries_.size() > 1) drop(std::prev(entries_.end()));
}

void RecordCache::drop(Number number) {
  const auto found = by_number_.find(number);
  if (found != by_number_.end()) drop(found->second);
}

void RecordCache::drop(Entries::iterator entry) {
  by_number_.erase(entry->record->number);
  by_key_.erase(entry->key);
  cost_ -= entry->cost;
  entries_.erase(entry);
}

}  // namespace platter::image
