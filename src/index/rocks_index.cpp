// src/index/rocks_index.cpp
#include "rocks_index.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>

#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "rocks_options.h"
#include "rocks_status.h"

namespace platter::index {

namespace {

constexpr std::uint32_t kFormat = 1;
constexpr std::string_view kFormatKey = "format";

rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}

std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

// RocksDB wants its default family; meta is in it.
std::string family_name(KeySpace space) {
  return space == KeySpace::meta ? rocksdb::kDefaultColumnFamilyName
                                 : std::string(name_of(space));
}

std::string encode_format() {
  std::array<std::byte, 4> bytes;
  store_le<std::uint32_t>(bytes, 0, kFormat);
  return std::string(as_text(bytes));
}

}  // namespace

RocksIndex::RocksIndex(const Path& folder, const Options& options)
    : folder_(folder) {
  make_folders(folder);
  const auto of_families = family_options(options.cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (std::size_t i = 0; i < of_families.size(); ++i) {
    descriptors.emplace_back(family_name(kKeySpaces[i]), of_families[i]);
  }
  rocksdb::DB* database = nullptr;
  check(rocksdb::DB::Open(database_options(), folder.string(), descriptors,
                          &families_, &database),
        doing("open"));
  database_.reset(database);
  try {
    settle_format();
  } catch (...) {
    close();
    throw;
  }
}

RocksIndex::~RocksIndex() { close(); }

void RocksIndex::close() noexcept {
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    database_->DestroyColumnFamilyHandle(family);
  }
  families_.clear();
}

void RocksIndex::settle_format() {
  const auto stored = get(KeySpace::meta, kFormatKey);
  if (!stored) {
    Batch batch;
    batch.put(KeySpace::meta, std::string(kFormatKey), encode_format());
    write(batch, Durability::synced);
  } else if (*stored != encode_format()) {
    throw Error(Errc::unsupported,
                doing("open") + ": it has another layout than version " +
                    std::to_string(kFormat) +
                    ", which this Platter reads; use the Platter that wrote "
                    "it, or a newer one");
  }
}

rocksdb::ColumnFamilyHandle* RocksIndex::family(KeySpace space) const {
  return families_[static_cast<std::size_t>(space)];
}

std::string RocksIndex::doing(std::string_view what) const {
  return "index " + folder_.string() + ": " + std::string(what);
}

std::optional<std::string> RocksIndex::get(KeySpace space,
                                           std::string_view key) const {
  std::string value;
  const auto status =
      database_->Get(rocksdb::ReadOptions(), family(space), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  check(status, doing("read"));
  return value;
}

std::vector<std::optional<std::string>> RocksIndex::get_many(
    KeySpace space, const std::vector<std::string>& keys) const {
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  database_->MultiGet(rocksdb::ReadOptions(), family(space), keys.size(),
                      slices.data(), values.data(), statuses.data());
  std::vector<std::optional<std::string>> found(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    check(statuses[i], doing("read"));
    found[i] = values[i].ToString();
  }
  return found;
}

void RocksIndex::scan(
    KeySpace space, std::string_view prefix, std::string_view after,
    const std::function<bool(std::string_view, std::string_view)>& visit)
    const {
  const std::unique_ptr<rocksdb::Iterator> entry(
      database_->NewIterator(rocksdb::ReadOptions(), family(space)));
  entry->Seek(slice(std::max(prefix, after)));
  if (entry->Valid() && view(entry->key()) == after && !after.empty()) {
    entry->Next();
  }
  while (entry->Valid() && entry->key().starts_with(slice(prefix))) {
    if (!visit(view(entry->key()), view(entry->value()))) return;
    entry->Next();
  }
  check(entry->status(), doing("scan"));
}

void RocksIndex::check_expectations(const Batch& batch) const {
  for (const auto& expected : batch.expectations()) {
    if (get(expected.space, expected.key) == expected.value) continue;
    throw Error(Errc::busy, doing("write") + ": an entry of " +
                                std::string(name_of(expected.space)) +
                                " was changed meanwhile; try again");
  }
}

void RocksIndex::write(const Batch& batch, Durability durability) {
  rocksdb::WriteBatch changes;
  for (const auto& change : batch.changes()) {
    const auto status =
        change.value
            ? changes.Put(family(change.space), change.key, *change.value)
            : changes.Delete(family(change.space), change.key);
    check(status, doing("write"));
  }
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::synced;
  const std::lock_guard lock(write_mutex_);
  check_expectations(batch);
  writing_.watch(
      [&] { check(database_->Write(options, &changes), doing("write")); });
}

std::uint64_t RocksIndex::stored_bytes() const {
  std::uint64_t total = 0;
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    for (const auto& property :
         {rocksdb::DB::Properties::kTotalSstFilesSize,
          rocksdb::DB::Properties::kCurSizeAllMemTables}) {
      std::uint64_t bytes = 0;
      if (database_->GetIntProperty(family, property, &bytes)) total += bytes;
    }
  }
  return total;
}

bool RocksIndex::takes_writes() const {
  std::uint64_t stopped = 0;
  database_->GetIntProperty(rocksdb::DB::Properties::kIsWriteStopped, &stopped);
  return stopped == 0 && !writing_.now();
}

std::unique_ptr<Index> open(const Path& folder, const Options& options) {
  return std::make_unique<RocksIndex>(folder, options);
}

}  // namespace platter::index
