// src/pack/layout.cpp: docs/format/pack.md as code.
#include "layout.h"

#include <algorithm>
#include <array>

#include "platter/base/error.h"
#include "platter/base/integers.h"

namespace platter::pack {

namespace {

constexpr std::string_view kPackMagic = "PLTRPACK";
constexpr std::string_view kFooterMagic = "PLTRSEAL";
constexpr std::string_view kFrameMagic = "PFRM";

// Where the checks lie; each covers the bytes before it.
constexpr std::size_t kHeaderCheck = 56;
constexpr std::size_t kFrameCheck = 48;

void put_text(MutableBytes out, std::string_view text) {
  std::ranges::copy(as_bytes(text), out.begin());
}

bool starts_with(ByteView bytes, std::string_view magic) {
  return as_text(bytes.first(magic.size())) == magic;
}

// Pack header and footer are framed alike: magic, version, ..., check.
void begin_block(MutableBytes out, std::string_view magic) {
  std::ranges::fill(out, std::byte{0});
  put_text(out, magic);
  store_le<std::uint32_t>(out, 8, kVersion);
}

void end_block(MutableBytes out) {
  store_le<std::uint64_t>(out, kHeaderCheck, hash64(out.first(kHeaderCheck)));
}

bool is_block(ByteView bytes, std::string_view magic) {
  if (!starts_with(bytes, magic)) return false;
  if (load_le<std::uint64_t>(bytes, kHeaderCheck) !=
      hash64(bytes.first(kHeaderCheck))) {
    return false;
  }
  const auto version = load_le<std::uint32_t>(bytes, 8);
  if (version != kVersion) {
    throw Error(Errc::unsupported,
                "pack " + std::to_string(load_le<std::uint64_t>(bytes, 16)) +
                    " has format version " + std::to_string(version) +
                    "; this Platter reads version " + std::to_string(kVersion));
  }
  return true;
}

std::uint64_t frame_check(ByteView header, std::uint64_t salt) {
  std::array<std::byte, kFrameCheck + 8> salted;
  std::ranges::copy(header.first(kFrameCheck), salted.begin());
  store_le<std::uint64_t>(salted, kFrameCheck, salt);
  return hash64(salted);
}

bool is_kind(std::uint8_t value) {
  return value >= static_cast<std::uint8_t>(Kind::data) &&
         value <= static_cast<std::uint8_t>(Kind::record);
}

bool is_codec(std::uint8_t value) {
  return value <= static_cast<std::uint8_t>(Codec::zstd);
}

}  // namespace

Bytes PackHeader::encode() const {
  Bytes out(kSize);
  begin_block(out, kPackMagic);
  store_le<std::uint64_t>(out, 16, id);
  store_le<std::uint64_t>(out, 24, salt);
  store_le<std::uint64_t>(out, 32, static_cast<std::uint64_t>(created));
  end_block(out);
  return out;
}

std::optional<PackHeader> PackHeader::decode(ByteView bytes) {
  if (!is_block(bytes, kPackMagic)) return std::nullopt;
  return PackHeader{
      .id = load_le<std::uint64_t>(bytes, 16),
      .salt = load_le<std::uint64_t>(bytes, 24),
      .created = static_cast<std::int64_t>(load_le<std::uint64_t>(bytes, 32)),
  };
}

std::uint64_t FrameHeader::stored_length() const noexcept {
  return round_up(kSize + payload_length, kAlignment);
}

void FrameHeader::encode(MutableBytes out) const {
  std::ranges::fill(out.first(kSize), std::byte{0});
  put_text(out, kFrameMagic);
  out[4] = static_cast<std::byte>(kind);
  out[5] = static_cast<std::byte>(codec);
  store_le<std::uint32_t>(out, 12, plain_length);
  store_le<std::uint32_t>(out, 16, payload_length);
  store_le<std::uint64_t>(out, 24, hash.high);
  store_le<std::uint64_t>(out, 32, hash.low);
}

void FrameHeader::place(MutableBytes out, Slot slot, PackId id,
                        std::uint64_t salt) {
  store_le<std::uint32_t>(out, 8, slot);
  store_le<std::uint64_t>(out, 40, id);
  store_le<std::uint64_t>(out, kFrameCheck, frame_check(out, salt));
}

std::optional<FrameHeader> FrameHeader::decode(ByteView bytes, PackId id,
                                               std::uint64_t salt) {
  if (!starts_with(bytes, kFrameMagic) ||
      load_le<std::uint64_t>(bytes, 40) != id ||
      load_le<std::uint64_t>(bytes, kFrameCheck) != frame_check(bytes, salt)) {
    return std::nullopt;
  }
  const auto kind = std::to_integer<std::uint8_t>(bytes[4]);
  const auto codec = std::to_integer<std::uint8_t>(bytes[5]);
  const FrameHeader header{
      .kind = static_cast<Kind>(kind),
      .codec = static_cast<Codec>(codec),
      .slot = load_le<std::uint32_t>(bytes, 8),
      .plain_length = load_le<std::uint32_t>(bytes, 12),
      .payload_length = load_le<std::uint32_t>(bytes, 16),
      .hash = {load_le<std::uint64_t>(bytes, 24),
               load_le<std::uint64_t>(bytes, 32)},
  };
  const bool plausible =
      is_kind(kind) && is_codec(codec) && header.plain_length > 0 &&
      header.plain_length <= kMaxPlain && header.payload_length > 0 &&
      (header.codec == Codec::none
           ? header.payload_length == header.plain_length
           : header.payload_length < header.plain_length);
  return plausible ? std::optional(header) : std::nullopt;
}

void Footer::encode(MutableBytes out) const {
  begin_block(out, kFooterMagic);
  store_le<std::uint32_t>(out, 12, slots);
  store_le<std::uint64_t>(out, 16, id);
  store_le<std::uint64_t>(out, 24, salt);
  store_le<std::uint64_t>(out, 32, table_offset);
  store_le<std::uint64_t>(out, 40, table_check);
  end_block(out);
}

std::optional<Footer> Footer::decode(ByteView bytes) {
  if (!is_block(bytes, kFooterMagic)) return std::nullopt;
  return Footer{
      .id = load_le<std::uint64_t>(bytes, 16),
      .salt = load_le<std::uint64_t>(bytes, 24),
      .slots = load_le<std::uint32_t>(bytes, 12),
      .table_offset = load_le<std::uint64_t>(bytes, 32),
      .table_check = load_le<std::uint64_t>(bytes, 40),
  };
}

Bytes encode_trailer(const std::vector<Place>& places, std::uint64_t offset,
                     PackId id, std::uint64_t salt) {
  const std::size_t table_size = places.size() * Footer::kEntry;
  Bytes trailer(table_size + Footer::kSize);
  const MutableBytes table = MutableBytes(trailer).first(table_size);
  for (std::size_t slot = 0; slot < places.size(); ++slot) {
    const std::size_t at = slot * Footer::kEntry;
    store_le<std::uint32_t>(table, at, places[slot].offset);
    store_le<std::uint32_t>(table, at + 4, places[slot].length);
  }
  const Footer footer{
      .id = id,
      .salt = salt,
      .slots = static_cast<std::uint32_t>(places.size()),
      .table_offset = offset,
      .table_check = hash64(table),
  };
  footer.encode(MutableBytes(trailer).subspan(table_size));
  return trailer;
}

std::optional<std::vector<Place>> decode_table(ByteView table,
                                               std::uint64_t end) {
  std::vector<Place> places(table.size() / Footer::kEntry);
  for (std::size_t slot = 0; slot < places.size(); ++slot) {
    const std::size_t at = slot * Footer::kEntry;
    const Place place{load_le<std::uint32_t>(table, at),
                      load_le<std::uint32_t>(table, at + 4)};
    const bool absent = place.offset == 0 && place.length == 0;
    const bool inside =
        place.offset >= PackHeader::kSize && place.offset % kAlignment == 0 &&
        place.length > FrameHeader::kSize &&
        place.length <= FrameHeader::kSize + kMaxPlain + kAlignment &&
        std::uint64_t{place.offset} + place.length <= end;
    if (!absent && !inside) return std::nullopt;
    places[slot] = place;
  }
  return places;
}

}  // namespace platter::pack
