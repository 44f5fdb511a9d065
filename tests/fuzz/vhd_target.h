// tests/fuzz/vhd_target.h
//
// Any bytes, opened as a VHD: as they are, and with checksums made right, as
// nearly no change would get past them. The fuzzer and the replay of its
// corpus share it.
#pragma once

#include "fuzz/guest_laws.h"
#include "fuzz/packed_file.h"
#include "support/vhd_file.h"

namespace platter::test {

inline void check_vhd_bytes(ByteView input) {
  SparseFile file = unpacked(input);
  check_disk_file(format::Format::vhd, file.share());
  const std::uint64_t size = file.size();
  if (size < 512) return;
  seal_vhd(file, size - 512, 512, 64);
  if (as_text(file.part(0, 8)) == "conectix") {
    seal_vhd(file, 0, 512, 64);
    const auto header = load_be<std::uint64_t>(file.part(16, 8));
    if (header < size && size - header >= 1'024) {
      seal_vhd(file, header, 1'024, 36);
    }
  }
  check_disk_file(format::Format::vhd, file.share());
}

}  // namespace platter::test
