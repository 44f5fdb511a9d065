// tests/support/qcow2_file.h
//
// A qcow2 file of a few clusters of 512 bytes, laid out so that a test can
// break one field of it: header at cluster 0, refcount table 1, refcount block
// 2, L1 table 3, L2 table 4, and data clusters from 5 on.
#pragma once

#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "support/disks.h"

namespace platter::test {

class Qcow2File {
 public:
  static constexpr std::uint64_t kCluster = 512;
  static constexpr std::uint64_t kL1 = 3 * kCluster;
  static constexpr std::uint64_t kL2 = 4 * kCluster;
  static constexpr std::uint64_t kData = 5 * kCluster;
  static constexpr std::uint64_t kCopied = std::uint64_t{1} << 63;

  // A disk of 8 clusters of which the first three are stored, in order.
  Qcow2File() : bytes_(8 * kCluster) {
    set32(0, 0x514649fb);
    set32(4, 3);
    set32(20, 9);
    set64(24, 8 * kCluster);
    set32(36, 1);
    set64(40, kL1);
    set64(48, kCluster);
    set32(56, 1);
    set32(96, 4);
    set32(100, 112);
    set64(kCluster, 2 * kCluster);
    for (std::uint64_t n = 0; n < 8; ++n) set16(2 * kCluster + 2 * n, 1);
    set64(kL1, kCopied | kL2);
    for (std::uint64_t n = 0; n < 3; ++n) {
      set_l2(n, kCopied | (kData + n * kCluster));
      set(kData + n * kCluster, random_bytes(kCluster, n));
    }
  }

  void set16(std::uint64_t at, std::uint16_t value) {
    store_be(MutableBytes(bytes_), at, value);
  }
  void set32(std::uint64_t at, std::uint32_t value) {
    store_be(MutableBytes(bytes_), at, value);
  }
  void set64(std::uint64_t at, std::uint64_t value) {
    store_be(MutableBytes(bytes_), at, value);
  }
  void set_l2(std::uint64_t index, std::uint64_t entry) {
    set64(kL2 + index * 8, entry);
  }
  void set(std::uint64_t at, ByteView bytes) {
    std::ranges::copy(bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void resize(std::uint64_t size) { bytes_.resize(size); }

  const Bytes& bytes() const { return bytes_; }
  block::SourcePtr source() const { return block::memory_source(bytes_); }

  // What the guest of the unchanged file reads as.
  Bytes disk() const {
    Bytes disk(bytes_.begin() + kData, bytes_.end());
    disk.resize(8 * kCluster);
    return disk;
  }

 private:
  Bytes bytes_;
};

}  // namespace platter::test
