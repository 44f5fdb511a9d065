// src/image/catalogue.cpp
//
// Finding and changing images; lists are in catalogue_lists.cpp.
#include "platter/image/catalogue.h"

#include <fmt/core.h>

#include <algorithm>

#include "holdings.h"
#include "keys.h"
#include "platter/base/error.h"
#include "record_batch.h"
#include "record_cache.h"
#include "record_scan.h"
#include "tally.h"

namespace platter::image {
namespace {

using index::Batch;
using index::Durability;
using index::KeySpace;

constexpr std::uint64_t kNumberBlock = 64;  // numbers taken at a time
constexpr std::string_view kNextNumberKey = "images/next";

void check_name(const Record& record, const std::string& name) {
  if (!name.empty() && name.find('\0') == name.npos) return;
  throw Error(Errc::invalid,
              fmt::format("image {}: \"{}\" cannot name a project or an image; "
                          "it is empty or holds a 0 byte",
                          record.number, name));
}

void check_names(const Record& record) {
  check_name(record, record.project);
  check_name(record, record.name);
  for (const auto& [member, status] : record.members) {
    check_name(record, member);
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

// REQUIRES: no change slips in between the scan and the first move().
void start(const index::Index& index, FolderUsages& usages,
           StatusCounts& counts) {
  std::map<std::string, FolderUsage> by_folder;
  ImageCounts by_status;
  scan_records(index, [&](const Record& record) {
    FolderUsages::add(by_folder, record);
    StatusCounts::add(by_status, record);
  });
  usages.start(std::move(by_folder));
  counts.start(std::move(by_status));
}

}  // namespace

Catalogue::Catalogue(index::Index& index, const Clock& clock,
                     std::uint64_t cache_bytes)
    : index_(index),
      clock_(clock),
      cache_(std::make_unique<RecordCache>(cache_bytes)),
      usages_(std::make_unique<FolderUsages>()),
      counts_(std::make_unique<StatusCounts>()) {
  settle_sections(index_);
}

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

RecordPtr Catalogue::find(const ImageId& id) const {
  const std::string key = id_key(id);
  const auto value = index_.get(KeySpace::ids, key);
  if (!value || is_tombstone(*value)) return nullptr;
  return find(decode_number(key, *value));
}

std::optional<Catalogue::Stored> Catalogue::stored(Number number) const {
  auto bytes = index_.get(KeySpace::images, image_key(number));
  if (!bytes) return std::nullopt;
  auto record = std::make_shared<const Record>(decode_record(*bytes));
  return Stored{std::move(*bytes), std::move(record)};
}

RecordPtr Catalogue::create(Record record) {
  check_names(record);
  if (!record.created_at) {
    record.created_at = clock_.now();
    record.updated_at = record.created_at;
  }
  record.held_since = held_since(nullptr, record);
  const auto created = std::make_shared<const Record>(std::move(record));
  const std::lock_guard lock(changes_);
  check_free(*created);
  check_new_id(*created);
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
  changed.held_since = held_since(before->record.get(), changed);
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
  if (index_.get(KeySpace::names, name_key(record))) {
    throw Error(Errc::exists,
                fmt::format("project {} has an image called \"{}\" already; "
                            "take another name, or rename that one",
                            record.project, record.name));
  }
  if (record.place == Place::images &&
      index_.get(KeySpace::pointers,
                 pointer_key(record.project, record.name))) {
    throw Error(Errc::exists,
                fmt::format("there is a pointer called \"{}\" in project {}; "
                            "take another name, or remove the pointer",
                            record.name, record.project));
  }
}

void Catalogue::check_new_id(const Record& record) const {
  if (!index_.get(KeySpace::ids, id_key(record.id))) return;
  throw Error(Errc::exists,
              fmt::format("the id {} is or was another image's; ids do not "
                          "come again",
                          to_text(record.id)));
}

void Catalogue::replace(const Stored* before, const RecordPtr& after) {
  const Record* old_record = before ? before->record.get() : nullptr;
  const std::string bytes = after ? encode_record(*after) : "";
  const auto batch = batch_of({old_record, before ? before->bytes : ""},
                              {after.get(), bytes}, clock_.now());
  try {
    index_.write(batch, Durability::synced);
  } catch (const Error& error) {
    // A pointer took the name since it was looked at.
    const bool moves =
        after && (!before || name_key(*after) != name_key(*before->record));
    if (error.code() == Errc::busy && moves) check_free(*after);
    throw;
  }
  after ? cache_->replace(after, bytes.size())
        : cache_->erase(old_record->number);
  usages_->move(old_record, after.get());
  counts_->move(old_record, after.get());
  if (listener_) listener_(before ? before->record : nullptr, after);
}

FolderUsage Catalogue::usage(std::string_view project, Place place) const {
  const std::string folder = folder_key(project, place);
  if (const auto usage = usages_->find(folder)) return *usage;
  const std::lock_guard lock(changes_);
  start(index_, *usages_, *counts_);
  return *usages_->find(folder);
}

ImageCounts Catalogue::counts() const {
  if (auto counts = counts_->all()) return *std::move(counts);
  const std::lock_guard lock(changes_);
  start(index_, *usages_, *counts_);
  return *counts_->all();
}

std::uint64_t Catalogue::generation() const noexcept {
  return cache_->generation();
}

void Catalogue::set_listener(Listener listener) {
  listener_ = std::move(listener);
}

}  // namespace platter::image
