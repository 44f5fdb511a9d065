// src/index/rocks_options.cpp
#include "rocks_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace platter::index {

namespace {

constexpr int kBloomBits = 10;  // 1 % of the look-ups of absent keys read

rocksdb::BlockBasedTableOptions table_options(
    std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBits));
  table.format_version = 5;
  table.block_size = 8 * kKiB;
  // Filters and indexes count against the cache, or they would grow with the
  // number of chunks.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return table;
}

}  // namespace

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.max_open_files = 128;
  options.max_file_opening_threads = 1;
  options.max_background_jobs = 2;
  options.db_write_buffer_size = 32 * kMiB;
  options.max_total_wal_size = 64 * kMiB;
  options.bytes_per_sync = 1 * kMiB;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.max_log_file_size = 1 * kMiB;
  options.keep_log_file_num = 2;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

std::vector<rocksdb::ColumnFamilyOptions> family_options(
    std::uint64_t cache_bytes) {
  const auto cache = rocksdb::NewLRUCache(cache_bytes);
  std::vector<rocksdb::ColumnFamilyOptions> families;
  for (const KeySpace space : kKeySpaces) {
    rocksdb::ColumnFamilyOptions family;
    family.table_factory.reset(
        rocksdb::NewBlockBasedTableFactory(table_options(cache)));
    family.paranoid_file_checks = true;
    family.max_write_buffer_number = 2;
    family.write_buffer_size = space == KeySpace::chunks ? 16 * kMiB : 4 * kMiB;
    // Hashes do not compress; records do.
    family.compression =
        space == KeySpace::images ? rocksdb::kZSTD : rocksdb::kNoCompression;
    families.push_back(std::move(family));
  }
  return families;
}

}  // namespace platter::index
