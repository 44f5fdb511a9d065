// src/index/rocks_index.h: the index as a RocksDB, a column family for each
// key space.
#pragma once

#include <rocksdb/db.h>

#include <mutex>

#include "platter/index/index.h"
#include "platter/metrics/trouble.h"

namespace platter::index {

class RocksIndex final : public Index {
 public:
  // See index::open().
  RocksIndex(const Path& folder, const Options& options);
  ~RocksIndex() override;

  std::optional<std::string> get(KeySpace space,
                                 std::string_view key) const override;
  std::vector<std::optional<std::string>> get_many(
      KeySpace space, const std::vector<std::string>& keys) const override;
  void scan(KeySpace space, std::string_view prefix, std::string_view after,
            const std::function<bool(std::string_view, std::string_view)>&
                visit) const override;
  void write(const Batch& batch, Durability durability) override;
  std::uint64_t stored_bytes() const override;
  bool takes_writes() const override;

 private:
  void close() noexcept;
  rocksdb::ColumnFamilyHandle* family(KeySpace space) const;
  std::string doing(std::string_view what) const;
  // Writes or checks the version of the layout.
  void settle_format();
  // Throws Errc::busy for the first that does not hold.
  void check_expectations(const Batch& batch) const;

  Path folder_;
  std::unique_ptr<rocksdb::DB> database_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;  // in kKeySpaces order
  // Held from the check of a batch's expectations until it is written.
  std::mutex write_mutex_;
  metrics::Trouble writing_;
};

}  // namespace platter::index
