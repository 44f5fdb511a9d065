// tests/support/iso_file.h
//
// A disc of a few blocks, laid out so that a test can break one field of it:
// 16 blocks that belong to nobody, the primary volume descriptor, the
// terminator, and data. Written from ECMA-119, not by the code under test.
#pragma once

#include "support/disks.h"
#include "support/sparse_file.h"

namespace platter::test {

class IsoFile : public SparseFile {
 public:
  static constexpr std::uint64_t kBlock = 2'048;
  static constexpr std::uint64_t kDescriptor = 16 * kBlock;
  static constexpr std::uint64_t kBlocks = 40;

  IsoFile() : SparseFile(kBlocks * kBlock) {
    descriptor(kDescriptor, 1, "CD001");
    set_blocks(kBlocks);
    set_le(kDescriptor + 128, std::uint16_t{kBlock});
    set_be(kDescriptor + 130, std::uint16_t{kBlock});
    descriptor(kDescriptor + kBlock, 255, "CD001");
    write(20 * kBlock, random_bytes(20 * kBlock, 1));
  }

  // The beginning of a volume descriptor.
  void descriptor(std::uint64_t at, std::uint8_t type, std::string_view name) {
    set_le(at, type);
    write(at + 1, as_bytes(name));
    set_le(at + 6, std::uint8_t{1});
  }
  // The volume space size.
  void set_blocks(std::uint32_t count) {
    set_le(kDescriptor + 80, count);
    set_be(kDescriptor + 84, count);
  }
};

}  // namespace platter::test
