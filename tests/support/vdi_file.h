// tests/support/vdi_file.h
//
// A VDI file of a few blocks of 4 KiB, laid out so that a test can break one
// field of it: header at 0, map at 512, blocks from 4096 on.
#pragma once

#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "support/disks.h"

namespace platter::test {

class VdiFile {
 public:
  static constexpr std::uint64_t kBlock = 4 * kKiB;
  static constexpr std::uint64_t kMap = 512;
  static constexpr std::uint64_t kData = 4 * kKiB;
  static constexpr std::uint32_t kUnallocated = 0xffffffff;
  static constexpr std::uint32_t kZero = 0xfffffffe;

  // A disk of 8 blocks of which the first three are stored, in order.
  VdiFile() : bytes_(kData + 3 * kBlock) {
    set32(0x40, 0xbeda107f);
    set32(0x44, 0x00010001);
    set32(0x48, 0x190);
    set32(0x4c, 1);
    set32(0x154, kMap);
    set32(0x158, kData);
    set32(0x168, 512);
    set64(0x170, 8 * kBlock);
    set32(0x178, kBlock);
    set32(0x180, 8);
    set32(0x184, 3);
    for (std::uint32_t n = 0; n < 8; ++n) set_map(n, n < 3 ? n : kUnallocated);
    for (std::uint64_t n = 0; n < 3; ++n) {
      std::ranges::copy(
          random_bytes(kBlock, n),
          bytes_.begin() + static_cast<std::ptrdiff_t>(kData + n * kBlock));
    }
  }

  void set32(std::uint64_t at, std::uint32_t value) {
    store_le(MutableBytes(bytes_), at, value);
  }
  void set64(std::uint64_t at, std::uint64_t value) {
    store_le(MutableBytes(bytes_), at, value);
  }
  void set_map(std::uint64_t index, std::uint32_t entry) {
    set32(kMap + index * 4, entry);
  }
  void resize(std::uint64_t size) { bytes_.resize(size); }

  const Bytes& bytes() const { return bytes_; }
  block::SourcePtr source() const { return block::memory_source(bytes_); }

  // Stored block `n`.
  ByteView block(std::uint64_t n) const {
    return ByteView(bytes_).subspan(kData + n * kBlock, kBlock);
  }
  // What the guest of the unchanged file reads as.
  Bytes disk() const {
    Bytes disk(bytes_.begin() + kData, bytes_.end());
    disk.resize(8 * kBlock);
    return disk;
  }

 private:
  Bytes bytes_;
};

}  // namespace platter::test
