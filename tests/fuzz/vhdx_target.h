// tests/fuzz/vhdx_target.h
//
// Any bytes, opened as a VHDX: as they are, and with checksums made right, as
// nearly no change would get past them. The fuzzer and the replay of its
// corpus share it.
#pragma once

#include "../../src/format/crc32c.h"
#include "fuzz/guest_laws.h"
#include "fuzz/packed_file.h"

namespace platter::test {

inline void reseal(SparseFile& file, std::uint64_t offset,
                   std::uint64_t length) {
  file.set_le(offset + 4, std::uint32_t{0});
  file.set_le(offset + 4, format::crc32c(file.part(offset, length)));
}

// Headers and region tables, and what looks like the entry of a log.
inline void reseal_vhdx(SparseFile& file) {
  for (const std::uint64_t at : {64 * kKiB, 128 * kKiB}) {
    reseal(file, at, 4'096);
  }
  for (const std::uint64_t at : {192 * kKiB, 256 * kKiB}) {
    reseal(file, at, 64 * kKiB);
  }
  for (std::uint64_t at = kMiB; at < 2 * kMiB; at += kPageSize) {
    if (as_text(file.part(at, 4)) != "loge") continue;
    const auto length = load_le<std::uint32_t>(file.part(at + 8, 4));
    const bool fits = length >= kPageSize && length <= 64 * kKiB &&
                      at + length <= file.size();
    if (fits) reseal(file, at, length);
  }
}

inline void check_vhdx_bytes(ByteView input) {
  SparseFile file = unpacked(input);
  check_disk_file(format::Format::vhdx, file.share());
  if (file.size() < 2 * kMiB) return;
  reseal_vhdx(file);
  check_disk_file(format::Format::vhdx, file.share());
}

}  // namespace platter::test
