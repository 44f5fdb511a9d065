// src/format/vdi_layout.h
//
// The numbers of docs/format/vdi.md, in its order, and the header. All
// integers of a VDI file are little endian.
#pragma once

#include "guid.h"
#include "platter/base/bytes.h"
#include "platter/block/source.h"

namespace platter::format::vdi {

inline constexpr std::uint64_t kSignatureAt = 0x40;
inline constexpr std::uint32_t kSignature = 0xbeda107f;

// Entries of the block map that name no block of the file.
inline constexpr std::uint32_t kUnallocated = 0xffffffff;
inline constexpr std::uint32_t kZero = 0xfffffffe;

// Entries that a map may have: what qemu takes.
inline constexpr std::uint64_t kMaxBlocks = 0x1fffff80;

enum class ImageType : std::uint32_t {
  dynamic = 1,
  fixed = 2,
  undo = 3,
  differencing = 4,
};

struct Header {
  static constexpr std::uint64_t kSize = 512;  // of all that has a place here

  ImageType type = ImageType::dynamic;
  std::uint32_t map_offset = 0;   // bytes of the file
  std::uint32_t data_offset = 0;  // bytes of the file
  std::uint64_t disk_size = 0;    // bytes seen by the guest
  std::uint32_t block_size = 0;   // a power of two
  std::uint32_t block_count = 0;  // entries in the map
  std::uint32_t allocated = 0;    // blocks in the file; not checked
  Guid image_id{};
  Guid state_id{};  // of the last modification

  // The fields as they stand. REQUIRES: raw has kSize bytes.
  static Header fields(ByteView raw);

  // Throws Errc::corrupt for a field out of range or a map that does not lie
  // between header and data, Errc::invalid for a disk that needs another
  // file, Errc::unsupported for other versions and types. What returns is
  // safe to compute with: no sum or product of its fields overflows 64 bits,
  // and the map reaches all of disk_size.
  static Header decode(const block::ByteSource& file);

  // The file's first 512 bytes.
  Bytes encode() const;
};

}  // namespace platter::format::vdi
