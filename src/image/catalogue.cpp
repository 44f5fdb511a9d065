// src/image/catalogue.cpp
#include "platter/image/catalogue.h"

#include <fmt/core.h>

#include <algorithm>

#include "keys.h"
#include "platter/base/error.h"
#include "record_cache.h"

namespace platter::image {
namespace {

using index::Batch;
using index::Durability;
using index::KeySpace;

constexpr std::size_t kListBatch = 256;     // images read at a time
constexpr std::uint64_t kNumberBlock = 64;  // numbers taken at a time
constexpr std::string_view kNextNumberKey = "images/next";

void check_names(const Record& record) {
  for (const std::string* name : {&record.project, &record.name}) {
    if (name->empty() || name->find('\0') != name->npos) {
      throw Error(Errc::invalid,
                  fmt::format("image {}: \"{}\" cannot name a project or an "
                              "image; it is empty or holds a 0 byte",
                              record.number, *name));
    }
  }
}

void check_change(const Record& before, const Record& after) {
  if (before.number != after.number || before.id != after.id) {
    throw Error(Errc::invalid,
                fmt::format("image {}: its number and its id stay as they are",
                            before.number));
  }
  if (!may_become(before.status, after.status)) {
    throw Error(Errc::invalid,
                fmt::format("image {} is {}; it cannot become {}", before.name,
                            name_of(before.status), name_of(after.status)));
  }
  check_names(after);
}

// Sealing is nothing that anybody did or sees: who reads a folder meanwhile
// must not be told that it changed.
bool is_only_sealed(const Record& before, Record after) {
  after.sealed = before.sealed;
  return after == before;
}

}  // namespace

Catalogue::Catalogue(index::Index& index, const Clock& clock,
                     std::uint64_t cache_bytes)
    : index_(index),
      clock_(clock),
      cache_(std::make_unique<RecordCache>(cache_bytes)) {}

Catalogue::~Catalogue() = default;

Number Catalogue::new_number() {
  const std::lock_guard lock(changes_);
  if (next_number_ == number_limit_) {
    const std::string key(kNextNumberKey);
    const auto taken = index_.get(KeySpace::meta, key);
    const Number next = taken ? decode_number(key, *taken) : 1;
    Batch batch;
    batch.expect(KeySpace::meta, key, taken);
    batch.put(KeySpace::meta, key, encode_number(next + kNumberBlock));
    index_.write(batch, Durability::synced);
    next_number_ = next;
    number_limit_ = next + kNumberBlock;
  }
  return next_number_++;
}

RecordPtr Catalogue::find(Number number) const {
  if (RecordPtr record = cache_->find(number)) return record;
  const std::uint64_t generation = cache_->generation();
  const auto found = stored(number);
  if (!found) return nullptr;
  cache_->keep(found->record, found->bytes.size(), generation);
  return found->record;
}

RecordPtr Catalogue::find(std::string_view project, Place place,
                          std::string_view name) const {
  const std::string key = name_key(project, place, name);
  if (RecordPtr record = cache_->find(key)) return record;
  // The image may be renamed between the two reads; another look then settles
  // it. Not the cache: it may be a moment behind the index.
  for (int look = 0; look < 16; ++look) {
    const std::uint64_t generation = cache_->generation();
    const auto value = index_.get(KeySpace::names, key);
    if (!value) return nullptr;
    const auto found = stored(decode_number(key, *value));
    if (found && name_key(*found->record) == key) {
      cache_->keep(found->record, found->bytes.size(), generation);
      return found->record;
    }
  }
  throw Error(Errc::damaged,
              fmt::format("index: the name \"{}\" of project {} leads to an "
                          "image that is not called so",
                          name, project));
}

std::optional<Catalogue::Stored> Catalogue::stored(Number number) const {
  auto bytes = index_.get(KeySpace::images, image_key(number));
  if (!bytes) return std::nullopt;
  auto record = std::make_shared<const Record>(decode_record(*bytes));
  return Stored{std::move(*bytes), std::move(record)};
}

void Catalogue::list(std::string_view project, Place place,
                     std::string_view after,
                     const std::function<bool(const RecordPtr&)>& visit) const {
  const std::string folder = folder_key(project, place);
  std::string last = name_key(project, place, after);
  while (true) {
    const std::vector<Name> found = names(folder, last);
    for (const RecordPtr& record : records(found)) {
      if (!visit(record)) return;
    }
    if (found.size() < kListBatch) return;
    last = found.back().first;
  }
}

std::vector<Catalogue::Name> Catalogue::names(std::string_view folder,
                                              std::string_view after) const {
  std::vector<Name> found;
  index_.scan(KeySpace::names, folder, after,
              [&](std::string_view key, std::string_view value) {
                found.emplace_back(key, decode_number(key, value));
                return found.size() < kListBatch;
              });
  return found;
}

std::vector<RecordPtr> Catalogue::records(
    const std::vector<Name>& names) const {
  const std::uint64_t generation = cache_->generation();
  std::vector<RecordPtr> found;
  std::vector<std::string> keys;  // of what the cache lacks
  std::vector<std::size_t> places;
  for (const auto& [name, number] : names) {
    found.push_back(cache_->find(name));
    if (found.back()) continue;
    keys.push_back(image_key(number));
    places.push_back(found.size() - 1);
  }
  const auto values = index_.get_many(KeySpace::images, keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!values[i]) continue;
    auto record = std::make_shared<const Record>(decode_record(*values[i]));
    cache_->keep(record, values[i]->size(), generation);
    if (name_key(*record) == names[places[i]].first) {
      found[places[i]] = std::move(record);
    }
  }
  std::erase(found, nullptr);
  return found;
}

void Catalogue::list_all(
    const std::function<bool(const RecordPtr&)>& visit) const {
  std::string last;
  std::vector<RecordPtr> found;
  do {
    found.clear();
    index_.scan(
        KeySpace::images, "", last,
        [&](std::string_view key, std::string_view value) {
          found.push_back(std::make_shared<const Record>(decode_record(value)));
          last = key;
          return found.size() < kListBatch;
        });
    for (const RecordPtr& record : found) {
      if (!visit(record)) return;
    }
  } while (found.size() == kListBatch);
}

RecordPtr Catalogue::create(Record record) {
  check_names(record);
  if (!record.created_at) {
    record.created_at = clock_.now();
    record.updated_at = record.created_at;
  }
  const auto created = std::make_shared<const Record>(std::move(record));
  const std::lock_guard lock(changes_);
  check_free(*created);
  replace(nullptr, created);
  return created;
}

RecordPtr Catalogue::update(Number number,
                            const std::function<void(Record&)>& change) {
  const std::lock_guard lock(changes_);
  const auto before = stored(number);
  if (!before) {
    throw Error(Errc::not_found, fmt::format("there is no image {}", number));
  }
  Record changed = *before->record;
  change(changed);
  if (changed == *before->record) return before->record;
  check_change(*before->record, changed);
  if (!is_only_sealed(*before->record, changed)) {
    // Later than before, also when the clock was set back.
    changed.updated_at = std::max(
        clock_.now(), before->record->updated_at + std::chrono::nanoseconds(1));
  }
  const auto after = std::make_shared<const Record>(std::move(changed));
  if (name_key(*after) != name_key(*before->record)) check_free(*after);
  replace(&*before, after);
  return after;
}

void Catalogue::erase(Number number) {
  const std::lock_guard lock(changes_);
  if (const auto before = stored(number)) replace(&*before, nullptr);
}

void Catalogue::check_free(const Record& record) const {
  if (!index_.get(KeySpace::names, name_key(record))) return;
  throw Error(Errc::exists,
              fmt::format("project {} has an image called \"{}\" already",
                          record.project, record.name));
}

void Catalogue::replace(const Stored* before, const RecordPtr& after) {
  const Number number = (after ? after : before->record)->number;
  const std::string key = image_key(number);
  const std::string old_name = before ? name_key(*before->record) : "";
  const std::string new_name = after ? name_key(*after) : "";
  const std::string bytes = after ? encode_record(*after) : "";

  Batch batch;
  batch.expect(KeySpace::images, key,
               before ? std::optional(before->bytes) : std::nullopt);
  if (before && old_name != new_name) {
    batch.expect(KeySpace::names, old_name, encode_number(number));
    batch.erase(KeySpace::names, old_name);
  }
  if (after && old_name != new_name) {
    batch.expect(KeySpace::names, new_name, std::nullopt);
    batch.put(KeySpace::names, new_name, encode_number(number));
  }
  after ? batch.put(KeySpace::images, key, bytes)
        : batch.erase(KeySpace::images, key);
  index_.write(batch, Durability::synced);

  after ? cache_->replace(after, bytes.size()) : cache_->erase(number);
  if (before) recount(old_name, -1);
  if (after) recount(new_name, +1);
}

void Catalogue::recount(const std::string& key, int difference) {
  const std::lock_guard lock(counting_);
  if (counts_) (*counts_)[std::string(folder_of(key))] += difference;
}

std::uint64_t Catalogue::count(std::string_view project, Place place) const {
  const std::string folder = folder_key(project, place);
  const auto known = [&]() -> std::optional<std::uint64_t> {
    const std::lock_guard lock(counting_);
    if (!counts_) return std::nullopt;
    const auto found = counts_->find(folder);
    return found == counts_->end() ? 0 : found->second;
  };
  if (const auto count = known()) return *count;

  {
    // No change may slip in between the scan and the first recount().
    const std::lock_guard lock(changes_);
    FolderCounts counts;
    index_.scan(KeySpace::names, "", "",
                [&](std::string_view key, std::string_view) {
                  ++counts[std::string(folder_of(key))];
                  return true;
                });
    const std::lock_guard counting(counting_);
    counts_ = std::move(counts);
  }
  return *known();
}

}  // namespace platter::image
