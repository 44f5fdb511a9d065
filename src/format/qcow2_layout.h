// src/format/qcow2_layout.h
//
// The numbers of docs/format/qcow2.md, in its order, and the two structures
// that need decoding: the header and an entry of an L2 table. All integers of
// a qcow2 file are big endian.
#pragma once

#include <cstdint>

#include "platter/base/bytes.h"
#include "platter/block/source.h"

namespace platter::format::qcow2 {

inline constexpr std::uint32_t kMagic = 0x514649fb;  // "QFI\xfb"

// An L1 table may have 32 MiB, as qemu says.
inline constexpr std::uint64_t kMaxL1Entries = 32 * kMiB / 8;

// Bits of L1 and L2 entries.
inline constexpr std::uint64_t kCopied = std::uint64_t{1} << 63;
inline constexpr std::uint64_t kCompressed = std::uint64_t{1} << 62;
inline constexpr std::uint64_t kOffsetMask = 0x00ff'ffff'ffff'fe00;
inline constexpr std::uint64_t kReadsAsZeros = 1;

// Parts of a cluster that an extended L2 entry describes one by one.
inline constexpr std::uint64_t kSubclusters = 32;

// Header::features.
inline constexpr std::uint64_t kDirty = 1 << 0;
inline constexpr std::uint64_t kCorrupt = 1 << 1;
inline constexpr std::uint64_t kDataFile = 1 << 2;
inline constexpr std::uint64_t kCompressionField = 1 << 3;
inline constexpr std::uint64_t kExtendedL2 = 1 << 4;

enum class Compression : std::uint8_t { deflate = 0, zstd = 1 };
enum class Encryption : std::uint32_t { none = 0, aes = 1, luks = 2 };
// "AES", "LUKS"; empty for none and what is not known.
std::string_view name_of(Encryption method) noexcept;

struct Header {
  std::uint32_t version = 3;
  std::uint32_t cluster_bits = 16;
  std::uint64_t disk_size = 0;  // bytes seen by the guest, maybe no multiple
                                // of a sector
  std::uint32_t l1_entries = 0;
  std::uint64_t l1_offset = 0;
  std::uint64_t refcount_table_offset = 0;
  std::uint32_t refcount_table_clusters = 0;
  std::uint64_t backing_offset = 0;
  Encryption encryption = Encryption::none;
  std::uint32_t snapshots = 0;
  std::uint64_t features = 0;  // that a reader must understand
  std::uint32_t refcount_order = 4;
  std::uint32_t length = 0;
  Compression compression = Compression::deflate;
  // The header that LUKS has inside the file.
  bool has_key = false;
  std::uint64_t key_offset = 0;
  std::uint64_t key_length = 0;

  bool extended_l2() const noexcept { return (features & kExtendedL2) != 0; }
  std::uint64_t cluster_size() const noexcept {
    return std::uint64_t{1} << cluster_bits;
  }
  std::uint64_t l2_entry_size() const noexcept {
    return extended_l2() ? 16 : 8;
  }
  std::uint64_t l2_entries() const noexcept {
    return cluster_size() / l2_entry_size();
  }
  std::uint64_t subcluster_size() const noexcept {
    return cluster_size() / kSubclusters;
  }
  // Bytes of the disk under one L2 table.
  std::uint64_t l2_reach() const noexcept {
    return l2_entries() * cluster_size();
  }

  // The fields as they stand, of a file that begins with `raw`; those that it
  // is too short for are 0. REQUIRES: raw.size() >= 8.
  static Header fields(ByteView raw);

  // Throws Errc::corrupt for a field out of range or a table that is not
  // wholly inside the file, Errc::invalid for a backing or data file,
  // Errc::unsupported for other versions and unknown features.
  // What returns is safe to compute with: no sum or product of its fields
  // overflows 64 bits, and l1_entries reach all of disk_size.
  static Header decode(const block::ByteSource& file);

  // A version 3 header of a plain file: sizes and tables are as here.
  Bytes encode() const;
};

// What an L2 entry says of its cluster.
struct L2Entry {
  enum class Kind { hole, data, compressed };

  Kind kind = Kind::hole;
  // Where its cluster, or its compressed bytes, begin in the file; of a hole
  // 0, or a cluster that is kept for it but not read.
  std::uint64_t file_offset = 0;
  // Of compressed: bytes up to the end of their last 512-byte sector.
  std::uint64_t compressed_length = 0;
  // Of data: which subclusters are in the file, the first in bit 0; the
  // others read as zeros.
  std::uint32_t stored = 0;

  // `raw` is the header's l2_entry_size() bytes. Throws Errc::corrupt for
  // reserved bits and contradictions, naming the guest's offset.
  static L2Entry decode(const Header& header, ByteView raw,
                        std::uint64_t guest_offset);
};

}  // namespace platter::format::qcow2
