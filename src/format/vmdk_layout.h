// src/format/vmdk_layout.h
//
// The numbers of docs/format/vmdk.md, in its order, the header of a sparse
// extent and the markers of a stream. All integers of a VMDK file are little
// endian; places and lengths are counted in sectors of 512 bytes.
#pragma once

#include <string>

#include "platter/base/bytes.h"
#include "platter/block/source.h"

namespace platter::format::vmdk {

inline constexpr std::uint32_t kMagic = 0x564d444b;  // "KDMV"

// Grain tables have 512 entries of 4 bytes, so 4 sectors.
inline constexpr std::uint64_t kTableEntries = 512;
inline constexpr std::uint64_t kTableSize = 4 * kTableEntries;
inline constexpr std::uint64_t kTableSectors = kTableSize / kSectorSize;

// A directory may have 16 MiB: 128 TiB with grains of 64 KiB.
inline constexpr std::uint64_t kMaxTables = 4 * kMiB;

// An entry of a grain table that says "zeros", if the header allows it.
inline constexpr std::uint32_t kZeroGrain = 1;

// directory_sector of a stream whose footer has the true one.
inline constexpr std::uint64_t kAtEnd = ~std::uint64_t{0};

// Header::flags.
inline constexpr std::uint32_t kNewlineTest = 1 << 0;
inline constexpr std::uint32_t kRedundantTables = 1 << 1;
inline constexpr std::uint32_t kZeroGrains = 1 << 2;
inline constexpr std::uint32_t kCompressed = 1 << 16;
inline constexpr std::uint32_t kMarkers = 1 << 17;

struct Header {
  std::uint32_t version = 1;
  std::uint32_t flags = kNewlineTest;
  std::uint64_t capacity = 0;
  std::uint64_t grain_sectors = 0;
  std::uint64_t descriptor_sector = 0;
  std::uint64_t descriptor_sectors = 0;
  std::uint64_t redundant_sector = 0;  // of the second directory; not read
  std::uint64_t directory_sector = 0;
  std::uint64_t overhead = 0;  // sectors before the first grain; not checked

  bool compressed() const noexcept { return (flags & kCompressed) != 0; }
  bool has_zero_grains() const noexcept { return (flags & kZeroGrains) != 0; }
  std::uint64_t grain_size() const noexcept {
    return grain_sectors * kSectorSize;
  }
  // Bytes of the disk under one grain table.
  std::uint64_t table_reach() const noexcept {
    return kTableEntries * grain_size();
  }
  // Entries of the directory.
  std::uint64_t table_count() const noexcept;

  // A file of its own, or one of several, which has no descriptor.
  enum class File { whole, part };

  // The fields as they stand. REQUIRES: raw has a sector.
  static Header fields(ByteView raw);

  // Of the file's header, or of its footer where the header says so. Throws
  // Errc::corrupt for a field out of range or a directory or descriptor that
  // is not wholly inside the file, Errc::invalid for a part where a whole is
  // wanted, or the other way round, Errc::unsupported for other versions and
  // unknown features. What returns is safe to compute with: no sum or product
  // of its fields overflows 64 bits.
  static Header decode(const block::ByteSource& file, File kind = File::whole);

  // One sector.
  Bytes encode() const;
};

// The text of the descriptor; empty where the header does not lead to one.
std::string read_descriptor(const Header& header,
                            const block::ByteSource& file);

// What stands before each part of a stream.
struct Marker {
  enum class Type : std::uint32_t {
    end = 0,
    table = 1,
    directory = 2,
    footer = 3
  };

  static constexpr std::uint64_t kGrainSize = 12;  // bytes before a grain

  // Before a grain, its place on the disk; else how many sectors follow.
  std::uint64_t value = 0;
  std::uint32_t size = 0;  // compressed bytes of a grain that follow; else 0
  Type type = Type::end;   // only if size is 0

  // REQUIRES: raw has kGrainSize bytes, or 16 if type is wanted.
  static Marker decode(ByteView raw);
  // One sector; of a grain's marker only the first kGrainSize bytes matter.
  Bytes encode() const;
};

}  // namespace platter::format::vmdk
