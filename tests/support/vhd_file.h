// tests/support/vhd_file.h
//
// A dynamic VHD of a few blocks of 64 KiB, laid out so that a test can break
// one field of it: copy of the footer, header, table, and two blocks. Written
// from the specification, not by the code under test.
#pragma once

#include "support/disks.h"
#include "support/sparse_file.h"

namespace platter::test {

// Sets the checksum of `length` bytes at `offset` that stands `own` bytes on.
inline void seal_vhd(SparseFile& file, std::uint64_t offset,
                     std::uint64_t length, std::uint64_t own) {
  file.set_be(offset + own, std::uint32_t{0});
  std::uint32_t sum = 0;
  for (const std::byte byte : file.part(offset, length)) {
    sum += std::to_integer<std::uint32_t>(byte);
  }
  file.set_be(offset + own, ~sum);
}

class VhdFile : public SparseFile {
 public:
  static constexpr std::uint64_t kBlock = 64 * kKiB;
  static constexpr std::uint64_t kStored = 512 + kBlock;
  static constexpr std::uint64_t kHeader = 512;
  static constexpr std::uint64_t kTable = 1'536;
  static constexpr std::uint64_t kData = 2'048;
  static constexpr std::uint64_t kFooter = kData + 2 * kStored;
  static constexpr std::uint64_t kDisk = 5 * kBlock - 1'024;
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  // A disk of 5 blocks, the last one short, of which the second and the last
  // are stored, in this order.
  VhdFile() {
    write(kHeader, as_bytes("cxsparse"));
    set_be(kHeader + 8, ~std::uint64_t{0});
    set_be(kHeader + 16, kTable);
    set_be(kHeader + 24, std::uint32_t{0x10000});
    set_be(kHeader + 28, std::uint32_t{5});
    set_be(kHeader + 32, static_cast<std::uint32_t>(kBlock));
    write(kTable, Bytes(512, std::byte{0xff}));
    for (std::uint64_t n = 0; n < 2; ++n) {
      const std::uint64_t at = kData + n * kStored;
      set_entry(n == 0 ? 1 : 4, static_cast<std::uint32_t>(at / 512));
      write(at, Bytes(kBlock / 512 / 8, std::byte{0xff}));
      write(at + 512, random_bytes(kBlock, n + 1));
    }
    footer(0);
    footer(kFooter);
    seal();
  }

  void set_entry(std::uint64_t block, std::uint32_t entry) {
    set_be(kTable + block * 4, entry);
  }
  // In the footer and its copy.
  template <std::unsigned_integral T>
  void set_footers(std::uint64_t at, T value) {
    set_be(at, value);
    set_be(kFooter + at, value);
  }
  void set_creator(std::string_view creator) {
    write(28, as_bytes(creator));
    write(kFooter + 28, as_bytes(creator));
  }
  // Makes all checksums right.
  void seal() {
    seal_vhd(*this, 0, 512, 64);
    seal_vhd(*this, kFooter, 512, 64);
    seal_vhd(*this, kHeader, 1'024, 36);
  }

  // What the guest of the unchanged file reads as.
  Bytes disk() const {
    Bytes disk(kDisk);
    const Bytes first = part(kData + 512, kBlock);
    const Bytes last = part(kData + kStored + 512, kBlock - 1'024);
    std::ranges::copy(first, disk.begin() + kBlock);
    std::ranges::copy(last, disk.begin() + 4 * kBlock);
    return disk;
  }

 private:
  void footer(std::uint64_t at) {
    write(at, Bytes(512));
    write(at, as_bytes("conectix"));
    set_be(at + 8, std::uint32_t{2});
    set_be(at + 12, std::uint32_t{0x10000});
    set_be(at + 16, kHeader);
    write(at + 28, as_bytes("win "));
    set_be(at + 40, kDisk);
    set_be(at + 48, kDisk);
    set_be(at + 60, std::uint32_t{3});
  }
};

}  // namespace platter::test
