// src/format/vhd_layout.h
//
// The numbers of docs/format/vhd.md, in its order: the footer and the header
// of a dynamic disk. All integers of a VHD file are big endian.
#pragma once

#include <string>

#include "guid.h"
#include "platter/base/bytes.h"

namespace platter::format::vhd {

inline constexpr std::string_view kCookie = "conectix";

inline constexpr std::uint64_t kFooterSize = 512;
inline constexpr std::uint64_t kHeaderSize = 1024;

// 2040 GiB: what readers agree that a VHD may have.
inline constexpr std::uint64_t kLargestDisk = 0xff00'0000 * kSectorSize;

inline constexpr std::uint64_t kNowhere = ~std::uint64_t{0};
inline constexpr std::uint32_t kUnallocated = 0xffff'ffff;  // of the BAT

enum class DiskType : std::uint32_t {
  fixed = 2,
  dynamic = 3,
  differencing = 4
};

// Cylinders, heads and sectors of a track.
struct Geometry {
  std::uint16_t cylinders = 0;
  std::uint8_t heads = 0;
  std::uint8_t sectors = 0;

  // The specification's choice for a disk of `sectors`.
  static Geometry of(std::uint64_t sectors);
  std::uint64_t sector_count() const noexcept {
    return std::uint64_t{cylinders} * heads * sectors;
  }
  bool is_largest() const noexcept {
    return cylinders == 65'535 && heads == 16 && sectors == 255;
  }
};

struct Footer {
  DiskType type = DiskType::dynamic;
  std::uint64_t header_offset = kNowhere;  // of the dynamic header
  std::uint32_t created_at = 0;            // seconds since 2000 UTC
  std::string creator = "win ";            // four letters
  std::uint64_t current_size = 0;          // bytes
  Geometry geometry;
  Guid id;

  // What a machine sees: the geometry's sectors if the file's creator counts
  // so, else current_size.
  std::uint64_t disk_size() const noexcept;

  // The fields as they stand. REQUIRES: it is a sector.
  static Footer fields(ByteView sector);

  // `sector` are the file's bytes at `place` ("start", "end"), for sentences.
  // Throws Errc::corrupt for a cookie, checksum or size that is wrong,
  // Errc::invalid for a differencing disk or no size at all,
  // Errc::unsupported for other types and versions.
  static Footer decode(ByteView sector, std::string_view place);
  Bytes encode() const;
};

struct DynamicHeader {
  std::uint64_t table_offset = 0;
  std::uint32_t table_entries = 0;
  std::uint32_t block_size = 2 * kMiB;

  std::uint64_t bitmap_size() const noexcept;
  // A block in the file: its bitmap and its sectors.
  std::uint64_t stored_size() const noexcept {
    return bitmap_size() + block_size;
  }

  // Throws as Footer::decode(). What returns has a block size that is a power
  // of two and at least 512.
  static DynamicHeader decode(ByteView raw);
  Bytes encode() const;
};

// The complement of the sum of the bytes, those of the checksum at `own` left
// out.
std::uint32_t checksum(ByteView raw, std::size_t own) noexcept;
// Whether `sector` is a footer: by its cookie and its checksum.
bool is_footer(ByteView sector) noexcept;

}  // namespace platter::format::vhd
