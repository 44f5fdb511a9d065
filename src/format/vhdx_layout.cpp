// src/format/vhdx_layout.cpp: headers and region tables, from and to bytes.
#include "vhdx_layout.h"

#include <algorithm>
#include <optional>

#include "crc32c.h"
#include "refusal.h"

namespace platter::format::vhdx {

namespace {

constexpr std::string_view kHeaderSignature = "head";
constexpr std::string_view kRegionSignature = "regi";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kChecksum = 4;  // where both keep it

constexpr std::uint32_t kMostRegions = 2'047;
constexpr std::size_t kFirstRegion = 16;
constexpr std::size_t kRegionEntry = 32;

void put(Bytes& raw, std::size_t at, ByteView bytes) {
  std::ranges::copy(bytes, raw.begin() + static_cast<std::ptrdiff_t>(at));
}

// The checksum is over all bytes, its own counted as zeros.
std::uint32_t checksum(ByteView raw) {
  constexpr std::byte kNone[4]{};
  const std::uint32_t before = crc32c(kNone, crc32c(raw.first(kChecksum)));
  return crc32c(raw.subspan(kChecksum + 4), before);
}

Bytes read_part(const block::ByteSource& file, std::uint64_t offset,
                std::uint64_t length) {
  Bytes raw(length);
  file.read(offset, raw);
  return raw;
}

bool is_valid(ByteView raw, std::string_view signature) {
  return as_text(raw.first(signature.size())) == signature &&
         load_le<std::uint32_t>(raw, kChecksum) == checksum(raw);
}

std::uint64_t sequence_of(ByteView header) {
  return load_le<std::uint64_t>(header, 8);
}

// Of the two headers, the one that counts.
Bytes current_header(const block::ByteSource& file) {
  const Bytes one = read_part(file, kHeaders[0], kHeaderSize);
  const Bytes two = read_part(file, kHeaders[1], kHeaderSize);
  const bool one_is_valid = is_valid(one, kHeaderSignature);
  const bool two_is_valid = is_valid(two, kHeaderSignature);
  if (!one_is_valid && !two_is_valid) {
    refuse(Errc::corrupt,
           "vhdx: both headers (at {:#x} and {:#x}) are damaged: their "
           "signature or checksum is wrong. Upload the file again",
           kHeaders[0], kHeaders[1]);
  }
  if (!two_is_valid) return one;
  if (!one_is_valid) return two;
  // disk2vhd writes the same header twice.
  if (sequence_of(one) == sequence_of(two) && one != two) {
    refuse(Errc::corrupt,
           "vhdx: both headers have sequence number {} but differ",
           sequence_of(one));
  }
  return sequence_of(two) > sequence_of(one) ? two : one;
}

void check_size(const block::ByteSource& file) {
  if (file.size() < kUnit) {
    refuse(Errc::corrupt,
           "vhdx: the file has {} bytes; its headers alone take {}",
           file.size(), kUnit);
  }
  if (as_text(read_part(file, 0, kSignature.size())) != kSignature) {
    refuse(Errc::corrupt, "vhdx: the file does not begin with {}", kSignature);
  }
}

Region decode_region(ByteView raw, std::uint64_t file_size) {
  const Region region{guid_at(raw), load_le<std::uint64_t>(raw, 16),
                      load_le<std::uint32_t>(raw, 24),
                      (load_le<std::uint32_t>(raw, 28) & 1) != 0};
  const auto bad = [&](std::string_view why) {
    refuse(Errc::corrupt, "vhdx: region {} is at {:#x} with {:#x} bytes: {}",
           to_text(region.id), region.offset, region.length, why);
  };
  if (region.offset % kUnit != 0 || region.length % kUnit != 0 ||
      region.offset == 0 || region.length == 0) {
    bad("it has no whole mebibytes, or none");
  }
  if (region.offset > file_size || region.length > file_size - region.offset) {
    bad(fmt::format("outside the file of {} bytes", file_size));
  }
  return region;
}

const Region* find(const std::vector<Region>& regions, const Guid& id) {
  const auto found = std::ranges::find(regions, id, &Region::id);
  return found == regions.end() ? nullptr : &*found;
}

void add_region(std::vector<Region>& regions, const Region& region) {
  if (find(regions, region.id) != nullptr) {
    refuse(Errc::corrupt, "vhdx: region {} is in the region table twice",
           to_text(region.id));
  }
  const bool known = region.id == kTableRegion || region.id == kMetadataRegion;
  if (!known && region.required) {
    refuse(Errc::unsupported, "vhdx: region {} is required but not known",
           to_text(region.id));
  }
  regions.push_back(region);
}

// Of the two region tables, the one that counts.
Bytes current_regions(const block::ByteSource& file) {
  std::optional<Bytes> found;
  for (const std::uint64_t offset : kRegionTables) {
    Bytes table = read_part(file, offset, kTableSize);
    if (!is_valid(table, kRegionSignature)) continue;
    if (found && *found != table) {
      refuse(Errc::corrupt,
             "vhdx: the two region tables differ: two disks in one file");
    }
    found = std::move(table);
  }
  if (!found) {
    refuse(Errc::corrupt,
           "vhdx: both region tables (at {:#x} and {:#x}) are damaged: their "
           "signature or checksum is wrong. Upload the file again",
           kRegionTables[0], kRegionTables[1]);
  }
  return *found;
}

}  // namespace

Header Header::decode(const block::ByteSource& file) {
  check_size(file);
  const Bytes raw = current_header(file);
  if (const auto version = load_le<std::uint16_t>(raw, 66);
      version != kVersion) {
    refuse(Errc::unsupported, "vhdx: version is {}; {} is read", version,
           kVersion);
  }
  Header header;
  header.sequence = sequence_of(raw);
  header.file_write_id = guid_at(ByteView(raw).subspan(16));
  header.data_write_id = guid_at(ByteView(raw).subspan(32));
  header.log_id = guid_at(ByteView(raw).subspan(48));
  header.log_version = load_le<std::uint16_t>(raw, 64);
  header.log_length = load_le<std::uint32_t>(raw, 68);
  header.log_offset = load_le<std::uint64_t>(raw, 72);
  if (header.log_offset % kUnit != 0 || header.log_length % kUnit != 0 ||
      header.log_offset > file.size() ||
      header.log_length > file.size() - header.log_offset) {
    refuse(Errc::corrupt,
           "vhdx: the log is at {:#x} with {:#x} bytes: misaligned, or "
           "outside the file of {} bytes",
           header.log_offset, header.log_length, file.size());
  }
  return header;
}

Bytes Header::encode() const {
  Bytes raw(kHeaderSize);
  put(raw, 0, as_bytes(kHeaderSignature));
  store_le(raw, 8, sequence);
  put(raw, 16, file_write_id.bytes);
  put(raw, 32, data_write_id.bytes);
  put(raw, 48, log_id.bytes);
  store_le(raw, 64, log_version);
  store_le(raw, 66, kVersion);
  store_le(raw, 68, log_length);
  store_le(raw, 72, log_offset);
  store_le(raw, kChecksum, checksum(raw));
  return raw;
}

std::vector<Region> decode_regions(const block::ByteSource& file) {
  const Bytes raw = current_regions(file);
  const auto count = load_le<std::uint32_t>(raw, 8);
  if (count > kMostRegions) {
    refuse(Errc::corrupt,
           "vhdx: the region table has {} entries; at most {} "
           "are allowed",
           count, kMostRegions);
  }
  std::vector<Region> regions;
  for (std::size_t n = 0; n < count; ++n) {
    add_region(regions,
               decode_region(ByteView(raw).subspan(
                                 kFirstRegion + n * kRegionEntry, kRegionEntry),
                             file.size()));
  }
  for (const Guid& id : {kTableRegion, kMetadataRegion}) {
    if (find(regions, id) == nullptr) {
      refuse(Errc::corrupt, "vhdx: region {} is missing", to_text(id));
    }
  }
  return regions;
}

const Region& region_of(const std::vector<Region>& regions, const Guid& id) {
  return *find(regions, id);
}

Bytes encode_regions(const std::vector<Region>& regions) {
  Bytes raw(kTableSize);
  put(raw, 0, as_bytes(kRegionSignature));
  store_le(raw, 8, static_cast<std::uint32_t>(regions.size()));
  std::size_t at = kFirstRegion;
  for (const Region& region : regions) {
    put(raw, at, region.id.bytes);
    store_le(raw, at + 16, region.offset);
    store_le(raw, at + 24, region.length);
    store_le(raw, at + 28, std::uint32_t{region.required});
    at += kRegionEntry;
  }
  store_le(raw, kChecksum, checksum(raw));
  return raw;
}

}  // namespace platter::format::vhdx
