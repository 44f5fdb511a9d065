// src/pack/layout.h: the numbers of docs/format/pack.md, in its order.
//
// Bytes to fields and back; nothing here reads or writes files. What decode
// returns passed its check and its bounds and is safe to compute with.
#pragma once

#include <optional>

#include "platter/pack/pack.h"

namespace platter::pack {

inline constexpr std::uint64_t kAlignment = 8;
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::uint32_t kMaxPlain = (1u << 24) - 1;

struct PackHeader {
  static constexpr std::size_t kSize = 64;

  PackId id = 0;
  std::uint64_t salt = 0;
  std::int64_t created = 0;  // nanoseconds since 1970 UTC

  Bytes encode() const;
  // nullopt when the bytes are no whole header. Throws Errc::unsupported for
  // another version. REQUIRES: kSize bytes.
  static std::optional<PackHeader> decode(ByteView bytes);
};

struct FrameHeader {
  static constexpr std::size_t kSize = 56;

  Kind kind = Kind::data;
  Codec codec = Codec::none;
  Slot slot = 0;
  std::uint32_t plain_length = 0;
  std::uint32_t payload_length = 0;
  Hash128 hash;

  // Of the whole frame: header, payload, padding.
  std::uint64_t stored_length() const noexcept;

  // All but slot, pack id and check. REQUIRES: room for kSize.
  void encode(MutableBytes out) const;
  // Fills in what is known only at the end of a pack. REQUIRES: encode()d.
  static void place(MutableBytes out, Slot slot, PackId id, std::uint64_t salt);
  // nullopt when the bytes are no frame header of this pack. REQUIRES: at
  // least kSize bytes.
  static std::optional<FrameHeader> decode(ByteView bytes, PackId id,
                                           std::uint64_t salt);
};

struct Footer {
  static constexpr std::size_t kSize = 64;
  static constexpr std::size_t kEntry = 8;  // of the table

  PackId id = 0;
  std::uint64_t salt = 0;
  std::uint32_t slots = 0;
  std::uint64_t table_offset = 0;
  std::uint64_t table_check = 0;

  void encode(MutableBytes out) const;
  // nullopt when the bytes are no whole footer. Throws Errc::unsupported for
  // another version. REQUIRES: kSize bytes.
  static std::optional<Footer> decode(ByteView bytes);
};

// Table and footer, to be written at `offset`.
Bytes encode_trailer(const std::vector<Place>& places, std::uint64_t offset,
                     PackId id, std::uint64_t salt);

// nullopt when an entry lies outside of the frames, which end at `end`.
std::optional<std::vector<Place>> decode_table(ByteView table,
                                               std::uint64_t end);

}  // namespace platter::pack
