// src/format/vhd_layout.cpp: footer and dynamic header, from and to bytes.
#include "vhd_layout.h"

#include <algorithm>
#include <bit>

#include "platter/base/integers.h"
#include "refusal.h"

namespace platter::format::vhd {

namespace {

constexpr std::string_view kHeaderCookie = "cxsparse";
constexpr std::uint32_t kVersion = 0x0001'0000;
constexpr std::size_t kFooterChecksum = 64;
constexpr std::size_t kHeaderChecksum = 36;

// Of the footer that we write.
constexpr std::uint32_t kReservedFeature = 2;  // "must always be set"
constexpr std::uint32_t kCreatorVersion = 0x000a'0000;
constexpr std::string_view kCreatorHost = "Wi2k";

// Of the dynamic header: eight descriptions of where the parent is.
constexpr std::size_t kLocators = 576;
constexpr std::size_t kLocatorsEnd = 768;

std::string letters(ByteView raw, std::size_t offset, std::size_t count) {
  return std::string(as_text(raw.subspan(offset, count)));
}

// Four letters as a sentence can show them.
std::string shown(std::string_view creator) {
  std::string text(creator);
  for (char& letter : text) {
    if (letter < ' ' || letter > '~') letter = '?';
  }
  return text;
}

void check_sum(ByteView raw, std::size_t own, std::string_view name) {
  const auto said = load_be<std::uint32_t>(raw, own);
  if (const std::uint32_t found = checksum(raw, own); said != found) {
    refuse(Errc::corrupt,
           "vhd: the checksum of the {} is {:#010x}; its bytes have {:#010x}: "
           "the file is damaged. Upload it again",
           name, said, found);
  }
}

void check_version(std::uint32_t version, std::string_view name) {
  if (version >> 16 != kVersion >> 16) {
    refuse(Errc::unsupported,
           "vhd: the version of the {} is {:#010x}; {:#010x} is read", name,
           version, kVersion);
  }
}

void check_type(DiskType type) {
  if (type == DiskType::differencing) {
    refuse(Errc::invalid,
           "vhd: disk_type is 4 (differencing): the disk needs another file. "
           "Merge it into its parent, or make it whole with Convert-VHD");
  }
  if (type != DiskType::fixed && type != DiskType::dynamic) {
    refuse(Errc::unsupported,
           "vhd: disk_type is {}; 2 (fixed) and 3 (dynamic) are read",
           static_cast<std::uint32_t>(type));
  }
}

void check_size(const Footer& footer) {
  const std::uint64_t size = footer.disk_size();
  if (size == 0) refuse(Errc::invalid, "vhd: the size of the disk is 0");
  if (size > kLargestDisk || size % kSectorSize != 0) {
    refuse(Errc::corrupt,
           "vhd: the size of the disk is {} bytes (creator \"{}\"); multiples "
           "of 512 up to {} are allowed",
           size, shown(footer.creator), kLargestDisk);
  }
}

}  // namespace

Geometry Geometry::of(std::uint64_t sectors) {
  sectors = std::min<std::uint64_t>(sectors, 65'535ul * 16 * 255);
  std::uint64_t track = 17;
  std::uint64_t heads = 16;
  std::uint64_t tracks = sectors / track;
  if (sectors >= 65'535ul * 16 * 63) {
    track = 255;
    tracks = sectors / track;
  } else {
    heads = std::max<std::uint64_t>(4, divide_up(tracks, 1024));
    for (const std::uint64_t longer : {31, 63}) {
      const bool fits = tracks < heads * 1024 && heads <= 16;
      if (fits) break;
      track = longer;
      heads = 16;
      tracks = sectors / track;
    }
  }
  return {static_cast<std::uint16_t>(tracks / heads),
          static_cast<std::uint8_t>(heads), static_cast<std::uint8_t>(track)};
}

std::uint64_t Footer::disk_size() const noexcept {
  const bool counts_cylinders = creator == "vpc " || creator == "qemu";
  if (!counts_cylinders || geometry.is_largest()) return current_size;
  return geometry.sector_count() * kSectorSize;
}

Footer Footer::fields(ByteView sector) {
  Footer footer;
  footer.header_offset = load_be<std::uint64_t>(sector, 16);
  footer.created_at = load_be<std::uint32_t>(sector, 24);
  footer.creator = letters(sector, 28, 4);
  footer.current_size = load_be<std::uint64_t>(sector, 48);
  footer.geometry = {load_be<std::uint16_t>(sector, 56),
                     load_be<std::uint8_t>(sector, 58),
                     load_be<std::uint8_t>(sector, 59)};
  footer.type = static_cast<DiskType>(load_be<std::uint32_t>(sector, 60));
  footer.id = guid_at(sector.subspan(68));
  return footer;
}

Footer Footer::decode(ByteView sector, std::string_view place) {
  const std::string name = fmt::format("footer at the {} of the file", place);
  if (as_text(sector.first(kCookie.size())) != kCookie) {
    refuse(Errc::corrupt,
           "vhd: the {} is missing: the file was cut off or written over. "
           "Upload it again",
           name);
  }
  check_sum(sector, kFooterChecksum, name);
  check_version(load_be<std::uint32_t>(sector, 12), name);
  const Footer footer = fields(sector);
  check_type(footer.type);
  check_size(footer);
  return footer;
}

Bytes Footer::encode() const {
  Bytes raw(kFooterSize);
  const auto put = [&](std::size_t at, std::string_view text) {
    std::ranges::copy(as_bytes(text),
                      raw.begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(0, kCookie);
  store_be<std::uint32_t>(raw, 8, kReservedFeature);
  store_be(raw, 12, kVersion);
  store_be(raw, 16, header_offset);
  store_be(raw, 24, created_at);
  put(28, creator);
  store_be(raw, 32, kCreatorVersion);
  put(36, kCreatorHost);
  store_be(raw, 40, current_size);
  store_be(raw, 48, current_size);
  store_be(raw, 56, geometry.cylinders);
  store_be(raw, 58, geometry.heads);
  store_be(raw, 59, geometry.sectors);
  store_be(raw, 60, static_cast<std::uint32_t>(type));
  std::ranges::copy(id.bytes, raw.begin() + 68);
  store_be(raw, kFooterChecksum, checksum(raw, kFooterChecksum));
  return raw;
}

std::uint64_t DynamicHeader::bitmap_size() const noexcept {
  return round_up(divide_up(block_size / kSectorSize, 8), kSectorSize);
}

DynamicHeader DynamicHeader::decode(ByteView raw) {
  if (as_text(raw.first(kHeaderCookie.size())) != kHeaderCookie) {
    refuse(Errc::corrupt,
           "vhd: the dynamic header does not begin with cxsparse");
  }
  check_sum(raw, kHeaderChecksum, "dynamic header");
  check_version(load_be<std::uint32_t>(raw, 24), "dynamic header");
  if (!all_zero(raw.subspan(kLocators, kLocatorsEnd - kLocators))) {
    refuse(Errc::invalid,
           "vhd: the dynamic header has parent locators: the disk needs "
           "another file. Make it whole with Convert-VHD");
  }
  DynamicHeader header;
  header.table_offset = load_be<std::uint64_t>(raw, 16);
  header.table_entries = load_be<std::uint32_t>(raw, 28);
  header.block_size = load_be<std::uint32_t>(raw, 32);
  if (!std::has_single_bit(header.block_size) ||
      header.block_size < kSectorSize) {
    refuse(Errc::corrupt,
           "vhd: block_size is {}; powers of two from 512 on are allowed",
           header.block_size);
  }
  return header;
}

Bytes DynamicHeader::encode() const {
  Bytes raw(kHeaderSize);
  std::ranges::copy(as_bytes(kHeaderCookie), raw.begin());
  store_be(raw, 8, kNowhere);
  store_be(raw, 16, table_offset);
  store_be(raw, 24, kVersion);
  store_be(raw, 28, table_entries);
  store_be(raw, 32, block_size);
  store_be(raw, kHeaderChecksum, checksum(raw, kHeaderChecksum));
  return raw;
}

std::uint32_t checksum(ByteView raw, std::size_t own) noexcept {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < raw.size(); ++at) {
    const bool counts = at < own || at >= own + 4;
    if (counts) sum += std::to_integer<std::uint32_t>(raw[at]);
  }
  return ~sum;
}

bool is_footer(ByteView sector) noexcept {
  return as_text(sector.first(kCookie.size())) == kCookie &&
         load_be<std::uint32_t>(sector, kFooterChecksum) ==
             checksum(sector, kFooterChecksum);
}

}  // namespace platter::format::vhd
