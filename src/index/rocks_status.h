// src/index/rocks_status.h: RocksDB's answers as Errors.
#pragma once

#include <rocksdb/status.h>

#include <string>

namespace platter::index {

// Throws the Error for `status` unless it is ok. `doing` says what was tried:
// "index /srv/store/index: write".
void check(const rocksdb::Status& status, const std::string& doing);

}  // namespace platter::index
