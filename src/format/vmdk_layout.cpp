// src/format/vmdk_layout.cpp: header and markers, from and to bytes.
#include "vmdk_layout.h"

#include <algorithm>
#include <bit>

#include "platter/base/integers.h"
#include "refusal.h"

namespace platter::format::vmdk {

namespace {

constexpr std::uint64_t kNewlineAt = 73;
constexpr std::string_view kNewlines = "\n \r\n";
constexpr std::uint64_t kCompressionAt = 77;
constexpr std::uint16_t kDeflate = 1;

constexpr std::uint32_t kMaxVersion = 3;
constexpr std::uint32_t kUnderstood =
    kNewlineTest | kRedundantTables | kZeroGrains | kCompressed | kMarkers;
constexpr std::uint64_t kMinGrain = 8;          // sectors: 4 KiB
constexpr std::uint64_t kMaxGrain = 4096;       // sectors: 2 MiB
constexpr std::uint64_t kMaxDescriptor = 2048;  // sectors: 1 MiB

// Before the end of a file with a footer: its marker, itself, the end marker.
constexpr std::uint64_t kFooterSectors = 3;

void check_identity(ByteView raw) {
  if (load_le<std::uint32_t>(raw) != kMagic) {
    refuse(Errc::corrupt, "vmdk: the file does not begin with KDMV");
  }
  const auto version = load_le<std::uint32_t>(raw, 4);
  if (version < 1 || version > kMaxVersion) {
    refuse(Errc::unsupported,
           "vmdk: version is {}; 1 to {} are read. Convert it with: qemu-img "
           "convert -O qcow2",
           version, kMaxVersion);
  }
}

void check_features(ByteView raw, const Header& header) {
  if (header.flags & ~kUnderstood) {
    refuse(Errc::unsupported, "vmdk: flags are {:#x}: bits {:#x} are unknown",
           header.flags, header.flags & ~kUnderstood);
  }
  if ((header.flags & kNewlineTest) &&
      as_text(raw.subspan(kNewlineAt, kNewlines.size())) != kNewlines) {
    refuse(Errc::corrupt,
           "vmdk: the newline test bytes are {:#x}: the file was changed by a "
           "transfer as text. Transfer it again as binary",
           load_be<std::uint32_t>(raw, kNewlineAt));
  }
  const auto method = load_le<std::uint16_t>(raw, kCompressionAt);
  if (method > kDeflate) {
    refuse(Errc::unsupported,
           "vmdk: compressAlgorithm is {}; 0 (none) and 1 (deflate) are read",
           method);
  }
  if (header.compressed() != (method == kDeflate)) {
    refuse(Errc::corrupt, "vmdk: compressAlgorithm is {} but flags are {:#x}",
           method, header.flags);
  }
  if (header.compressed() != ((header.flags & kMarkers) != 0)) {
    refuse(Errc::unsupported,
           "vmdk: flags are {:#x}: compressed grains are read with markers, "
           "others without",
           header.flags);
  }
}

void check_grains(ByteView raw, const Header& header) {
  if (header.capacity == 0) {
    refuse(Errc::invalid,
           "vmdk: capacity is 0: the disk lies in other files. Make it whole "
           "with: qemu-img convert -O vmdk");
  }
  if (!std::has_single_bit(header.grain_sectors) ||
      header.grain_sectors < kMinGrain || header.grain_sectors > kMaxGrain) {
    refuse(Errc::corrupt,
           "vmdk: grainSize is {} sectors; a power of two from {} to {} is "
           "allowed",
           header.grain_sectors, kMinGrain, kMaxGrain);
  }
  if (const auto entries = load_le<std::uint32_t>(raw, 44);
      entries != kTableEntries) {
    refuse(Errc::unsupported, "vmdk: numGTEsPerGT is {}; {} is read", entries,
           kTableEntries);
  }
  if (header.table_count() > kMaxTables) {
    refuse(Errc::corrupt,
           "vmdk: capacity is {} sectors: that needs {} grain tables, and {} "
           "are allowed",
           header.capacity, header.table_count(), kMaxTables);
  }
}

void check_table(std::string_view name, std::uint64_t sector,
                 std::uint64_t length, std::uint64_t file_size) {
  const std::uint64_t whole = file_size / kSectorSize;
  if (sector == 0 || sector > whole ||
      length > file_size - sector * kSectorSize) {
    refuse(Errc::corrupt,
           "vmdk: the {} at sector {} with {} bytes is outside the file of {} "
           "bytes",
           name, sector, length, file_size);
  }
}

void check_descriptor(const Header& header, std::uint64_t file_size) {
  if (header.descriptor_sector == 0) {
    refuse(Errc::invalid,
           "vmdk: descriptorOffset is 0: the file is one of several that a "
           "disk lies in. Send it with the others to one image's folder");
  }
  if (header.descriptor_sectors == 0 ||
      header.descriptor_sectors > kMaxDescriptor) {
    refuse(Errc::corrupt,
           "vmdk: descriptorSize is {} sectors; 1 to {} are allowed",
           header.descriptor_sectors, kMaxDescriptor);
  }
  check_table("descriptor", header.descriptor_sector,
              header.descriptor_sectors * kSectorSize, file_size);
}

// Some writers leave room for a descriptor in each part of a disk.
void check_no_descriptor(const Header& header, const block::ByteSource& file) {
  std::array<std::byte, 1> first;
  file.read(header.descriptor_sector * kSectorSize, first);
  if (first[0] != std::byte{0}) {
    refuse(Errc::invalid,
           "vmdk: the file has a descriptor inside: it is a disk of its own, "
           "no part of one");
  }
}

void check_descriptor(Header& header, Header::File kind,
                      const block::ByteSource& file) {
  if (kind == Header::File::part && header.descriptor_sector == 0) {
    header.descriptor_sectors = 0;
    return;
  }
  check_descriptor(header, file.size());
  if (kind == Header::File::part) check_no_descriptor(header, file);
}

// The directory's place, from the footer, which must say of all else what the
// header says.
std::uint64_t directory_of_footer(const block::ByteSource& file,
                                  ByteView header) {
  constexpr std::uint64_t kLength = kFooterSectors * kSectorSize;
  if (file.size() < kSectorSize + kLength || file.size() % kSectorSize != 0) {
    refuse(Errc::corrupt,
           "vmdk: gdOffset says that there is a footer, but the file of {} "
           "bytes has none: it was cut off",
           file.size());
  }
  Bytes raw(kLength);
  file.read(file.size() - kLength, raw);
  const ByteView end(raw);
  const Marker before = Marker::decode(end);
  const Marker after = Marker::decode(end.last(kSectorSize));
  if (before.size != 0 || before.type != Marker::Type::footer ||
      after.value != 0 || after.size != 0 || after.type != Marker::Type::end) {
    refuse(Errc::corrupt,
           "vmdk: gdOffset says that there is a footer, but the file does not "
           "end with one: it was cut off");
  }
  const ByteView footer = end.subspan(kSectorSize, kSectorSize);
  const auto same = [&](std::size_t from, std::size_t to) {
    return std::ranges::equal(footer.subspan(from, to - from),
                              header.subspan(from, to - from));
  };
  // But for the directories and overHead, which only the end knows, and for
  // uncleanShutdown.
  if (!same(0, 48) || !same(kNewlineAt, kCompressionAt + 2)) {
    refuse(Errc::corrupt, "vmdk: header and footer differ");
  }
  return load_le<std::uint64_t>(footer, 56);
}

}  // namespace

std::uint64_t Header::table_count() const noexcept {
  return divide_up(capacity, kTableEntries * grain_sectors);
}

Header Header::fields(ByteView raw) {
  Header header;
  header.version = load_le<std::uint32_t>(raw, 4);
  header.flags = load_le<std::uint32_t>(raw, 8);
  header.capacity = load_le<std::uint64_t>(raw, 12);
  header.grain_sectors = load_le<std::uint64_t>(raw, 20);
  header.descriptor_sector = load_le<std::uint64_t>(raw, 28);
  header.descriptor_sectors = load_le<std::uint64_t>(raw, 36);
  header.redundant_sector = load_le<std::uint64_t>(raw, 48);
  header.directory_sector = load_le<std::uint64_t>(raw, 56);
  header.overhead = load_le<std::uint64_t>(raw, 64);
  return header;
}

Header Header::decode(const block::ByteSource& file, File kind) {
  if (file.size() < kSectorSize) {
    refuse(Errc::corrupt, "vmdk: the file has {} bytes; a header needs {}",
           file.size(), kSectorSize);
  }
  Bytes raw(kSectorSize);
  file.read(0, raw);
  check_identity(raw);
  Header header = fields(raw);
  check_features(raw, header);
  check_grains(raw, header);
  check_descriptor(header, kind, file);
  if (header.directory_sector == kAtEnd) {
    header.directory_sector = directory_of_footer(file, raw);
  }
  check_table("grain directory", header.directory_sector,
              header.table_count() * 4, file.size());
  return header;
}

Bytes Header::encode() const {
  Bytes raw(kSectorSize);
  store_le(raw, 0, kMagic);
  store_le(raw, 4, version);
  store_le(raw, 8, flags);
  store_le(raw, 12, capacity);
  store_le(raw, 20, grain_sectors);
  store_le(raw, 28, descriptor_sector);
  store_le(raw, 36, descriptor_sectors);
  store_le(raw, 44, static_cast<std::uint32_t>(kTableEntries));
  store_le(raw, 48, redundant_sector);
  store_le(raw, 56, directory_sector);
  store_le(raw, 64, overhead);
  std::ranges::copy(as_bytes(kNewlines), raw.begin() + kNewlineAt);
  store_le(raw, kCompressionAt, compressed() ? kDeflate : std::uint16_t{0});
  return raw;
}

std::string read_descriptor(const Header& header,
                            const block::ByteSource& file) {
  const std::uint64_t whole = file.size() / kSectorSize;
  const std::uint64_t first = header.descriptor_sector;
  const std::uint64_t count = header.descriptor_sectors;
  if (first > whole || count > std::min(whole - first, kMaxDescriptor)) {
    return {};
  }
  std::string text(count * kSectorSize, '\0');
  file.read(first * kSectorSize, std::as_writable_bytes(std::span(text)));
  return text.substr(0, text.find('\0'));
}

Marker Marker::decode(ByteView raw) {
  Marker marker;
  marker.value = load_le<std::uint64_t>(raw);
  marker.size = load_le<std::uint32_t>(raw, 8);
  if (marker.size == 0 && raw.size() >= 16) {
    marker.type = static_cast<Type>(load_le<std::uint32_t>(raw, 12));
  }
  return marker;
}

Bytes Marker::encode() const {
  Bytes raw(kSectorSize);
  store_le(raw, 0, value);
  store_le(raw, 8, size);
  store_le(raw, 12, static_cast<std::uint32_t>(type));
  return raw;
}

}  // namespace platter::format::vmdk
