// tests/support/vmdk_file.h
//
// A VMDK file of a few grains of 4 KiB, laid out so that a test can break one
// field of it: header in sector 0, descriptor from 1, grain directory in 3,
// grain table from 4, and grains of 8 sectors from 8 on.
#pragma once

#include <libdeflate.h>

#include <string>

#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "support/disks.h"

namespace platter::test {

class VmdkFile {
 public:
  static constexpr std::uint64_t kGrain = 4 * kKiB;
  static constexpr std::uint64_t kDescriptor = 512;
  static constexpr std::uint64_t kDirectory = 3 * 512;
  static constexpr std::uint64_t kTable = 4 * 512;
  static constexpr std::uint64_t kData = 8 * 512;
  static constexpr const char* kPlain =
      "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\n"
      "createType=\"monolithicSparse\"\n\n# Extent description\n"
      "RW 64 SPARSE \"a disk.vmdk\"\n\n#DDB\nddb.adapterType = \"ide\"\n";

  // A disk of 8 grains of which the first three are stored, in order.
  VmdkFile() : bytes_(kData + 3 * kGrain) {
    set32(0, 0x564d444b);
    set32(4, 1);
    set32(8, 1);
    set64(12, 64);
    set64(20, 8);
    set64(28, 1);
    set64(36, 2);
    set32(44, 512);
    set64(56, 3);
    set64(64, 8);
    set(73, as_bytes("\n \r\n"));
    describe(kPlain);
    set32(kDirectory, 4);
    for (std::uint64_t n = 0; n < 3; ++n) {
      set_entry(n, static_cast<std::uint32_t>(8 + 8 * n));
      set(kData + n * kGrain, random_bytes(kGrain, n));
    }
  }

  // The same disk, with its grains compressed and markers before them; the
  // directory is where it was. With `footer` only that says so.
  static VmdkFile stream(bool footer = false) {
    VmdkFile file;
    const Bytes disk = file.disk();
    file.resize(kData);
    file.set32(4, 3);
    file.set32(8, 0x30001);
    file.set32(77, 1);
    for (std::uint64_t n = 0; n < 3; ++n) {
      file.set_entry(n, static_cast<std::uint32_t>(file.bytes_.size() / 512));
      file.append_grain(8 * n, ByteView(disk).subspan(n * kGrain, kGrain));
    }
    if (footer) file.append_footer();
    return file;
  }

  void set32(std::uint64_t at, std::uint32_t value) {
    store_le(MutableBytes(bytes_), at, value);
  }
  void set64(std::uint64_t at, std::uint64_t value) {
    store_le(MutableBytes(bytes_), at, value);
  }
  void set(std::uint64_t at, ByteView bytes) {
    std::ranges::copy(bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void set_entry(std::uint64_t grain, std::uint32_t sector) {
    set32(kTable + grain * 4, sector);
  }
  void describe(std::string text) {
    text.resize(1'024);
    set(kDescriptor, as_bytes(text));
  }
  void resize(std::uint64_t size) { bytes_.resize(size); }

  const Bytes& bytes() const { return bytes_; }
  block::SourcePtr source() const { return block::memory_source(bytes_); }

  // What the guest of the unchanged file, not of a stream, reads as.
  Bytes disk() const {
    Bytes disk(bytes_.begin() + kData, bytes_.end());
    disk.resize(8 * kGrain);
    return disk;
  }

  // Marker and grain, up to the next sector.
  void append_grain(std::uint64_t sector, ByteView plain) {
    Bytes packed(12 + plain.size() + 1'000);
    const auto compressor = libdeflate_alloc_compressor(6);
    const std::size_t length =
        libdeflate_zlib_compress(compressor, plain.data(), plain.size(),
                                 packed.data() + 12, packed.size() - 12);
    libdeflate_free_compressor(compressor);
    store_le(MutableBytes(packed), 0, sector);
    store_le(MutableBytes(packed), 8, static_cast<std::uint32_t>(length));
    packed.resize(round_up(12 + length, 512));
    bytes_.insert(bytes_.end(), packed.begin(), packed.end());
  }

 private:
  void append_footer() {
    const Bytes header(bytes_.begin(), bytes_.begin() + 512);
    set64(56, ~std::uint64_t{0});
    Bytes end(3 * 512);
    store_le(MutableBytes(end), 0, std::uint64_t{1});
    store_le(MutableBytes(end), 12, std::uint32_t{3});
    std::ranges::copy(header, end.begin() + 512);
    bytes_.insert(bytes_.end(), end.begin(), end.end());
  }

  Bytes bytes_;
};

}  // namespace platter::test
