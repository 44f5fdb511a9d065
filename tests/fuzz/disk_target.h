// tests/fuzz/disk_target.h
//
// Any bytes, opened as some format. The fuzzers and the replay of their corpora
// share it.
#pragma once

#include "fuzz/guest_laws.h"
#include "platter/block/sources.h"

namespace platter::test {

inline void check_disk_bytes(format::Format format, ByteView input) {
  check_disk_file(format, block::memory_source(to_bytes(input)));
}

}  // namespace platter::test
