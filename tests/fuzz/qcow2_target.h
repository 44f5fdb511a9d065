// tests/fuzz/qcow2_target.h
//
// Any bytes, opened as a qcow2. The fuzzer and the replay of its corpus share
// it.
#pragma once

#include "fuzz/guest_laws.h"
#include "platter/block/sources.h"

namespace platter::test {

inline void check_qcow2_bytes(ByteView input) {
  check_disk_file(format::Format::qcow2, block::memory_source(to_bytes(input)));
}

}  // namespace platter::test
