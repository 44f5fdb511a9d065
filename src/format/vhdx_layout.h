// src/format/vhdx_layout.h
//
// The numbers of docs/format/vhdx.md, in its order: header, region table,
// metadata, and an entry of the block allocation table. All integers of a
// VHDX file are little endian.
#pragma once

#include <vector>

#include "guid.h"
#include "platter/base/integers.h"
#include "platter/block/source.h"

namespace platter::format::vhdx {

inline constexpr std::string_view kSignature = "vhdxfile";

// Where the parts with a fixed place are, and how long a header and a table
// are that have a checksum.
inline constexpr std::uint64_t kHeaders[] = {64 * kKiB, 128 * kKiB};
inline constexpr std::uint64_t kRegionTables[] = {192 * kKiB, 256 * kKiB};
inline constexpr std::uint64_t kHeaderSize = 4 * kKiB;
inline constexpr std::uint64_t kTableSize = 64 * kKiB;
// All else begins and ends at multiples of this.
inline constexpr std::uint64_t kUnit = kMiB;

inline constexpr std::uint64_t kLargestDisk = 64 * kTiB;

inline constexpr Guid kTableRegion =
    guid("2DC27766-F623-4200-9D64-115E9BFD4A08");
inline constexpr Guid kMetadataRegion =
    guid("8B7CA206-4790-4B9A-B8FE-575F050F886E");

struct Header {
  std::uint64_t sequence = 0;
  Guid file_write_id;
  Guid data_write_id;
  Guid log_id;  // kNoGuid: there is no log to replay
  std::uint16_t log_version = 0;
  std::uint32_t log_length = 0;
  std::uint64_t log_offset = 0;

  // The newer of the file's two headers. Throws Errc::corrupt when neither is
  // valid, two are as new but differ, or the log is misaligned;
  // Errc::unsupported for another version.
  static Header decode(const block::ByteSource& file);
  Bytes encode() const;
};

struct Region {
  Guid id;
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  bool required = false;
};

// The regions of the file. Throws Errc::corrupt when both tables are damaged,
// or differ, when a region is misaligned or outside the file, is there twice,
// or one of the two that a disk needs is missing; Errc::unsupported for one
// that must be known and is not.
std::vector<Region> decode_regions(const block::ByteSource& file);
// REQUIRES: `id` is one of the two that a disk needs.
const Region& region_of(const std::vector<Region>& regions, const Guid& id);
Bytes encode_regions(const std::vector<Region>& regions);

struct Metadata {
  std::uint32_t block_size = 0;
  bool leave_blocks_allocated = false;
  std::uint64_t disk_size = 0;
  Guid disk_id;
  std::uint32_t logical_sector = 512;
  std::uint32_t physical_sector = 512;

  // Blocks between two entries of the table that are for sector bitmaps.
  std::uint64_t chunk_ratio() const noexcept {
    return (std::uint64_t{1} << 23) * logical_sector / block_size;
  }
  std::uint64_t block_count() const noexcept {
    return divide_up(disk_size, block_size);
  }
  // The entry of `block`.
  std::uint64_t entry_of(std::uint64_t block) const noexcept {
    return block + block / chunk_ratio();
  }
  std::uint64_t entry_count() const noexcept {
    return entry_of(block_count() - 1) + 1;
  }

  // `region` holds the metadata of `file`. Throws Errc::corrupt for an item
  // that is missing, there twice, or out of range; Errc::invalid for a
  // differencing disk or no size at all; Errc::unsupported for an item that
  // must be known and is not. What returns is safe to compute with.
  static Metadata decode(const block::ByteSource& file, const Region& region);
  // The table, followed by the items: 128 KiB.
  Bytes encode() const;
};

// An entry of the block allocation table.
enum class BlockState : std::uint8_t {
  not_present = 0,
  undefined = 1,
  zero = 2,
  unmapped = 3,
  unmapped_early = 5,  // of a version before the first
  present = 6,
  partially_present = 7,
};

struct BlockEntry {
  BlockState state = BlockState::not_present;
  std::uint64_t file_offset = 0;

  explicit BlockEntry(std::uint64_t raw) noexcept
      : state(static_cast<BlockState>(raw & 7)), file_offset(raw >> 20 << 20) {}
  static std::uint64_t present_at(std::uint64_t file_offset) noexcept {
    return file_offset | static_cast<std::uint64_t>(BlockState::present);
  }
  static bool has_reserved_bits(std::uint64_t raw) noexcept {
    return (raw & 0xf'fff8) != 0;
  }
};

}  // namespace platter::format::vhdx
