// src/index/rocks_options.h: how RocksDB is set up. The sizes are chosen so
// that the index stays within a few dozen MiB however large it grows.
#pragma once

#include <rocksdb/options.h>

#include <vector>

#include "platter/index/index.h"

namespace platter::index {

rocksdb::DBOptions database_options();

// One for each of kKeySpaces, in that order; they share a cache of
// `cache_bytes`.
std::vector<rocksdb::ColumnFamilyOptions> family_options(
    std::uint64_t cache_bytes);

}  // namespace platter::index
