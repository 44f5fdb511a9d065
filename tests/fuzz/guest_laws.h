// tests/fuzz/guest_laws.h
//
// What must hold of any bytes that are opened as a disk file: they are refused
// by an Error, or the guest can be read and its placements are true.
#pragma once

#include <algorithm>
#include <cstring>

#include "fuzz/law.h"
#include "platter/base/error.h"
#include "platter/format/format.h"

namespace platter::test {

// Reads [offset, offset + length), as far as it is within the source.
inline Bytes read_part(const block::ByteSource& source, std::uint64_t offset,
                       std::uint64_t length) {
  Bytes part(std::min(length, source.size() - offset));
  source.read(offset, part);
  return part;
}

inline bool same_parts(const Bytes& a, const Bytes& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

// Of a zero extent both ends are read.
inline void check_source_extents(const block::ByteSource& source) {
  std::uint64_t offset = 0;
  for (int n = 0; n < 2'000 && offset < source.size(); ++n) {
    const block::Extent extent = source.extent_at(offset);
    require(extent.offset == offset && extent.length > 0 &&
                extent.length <= source.size() - offset,
            "extents tile the source");
    if (extent.kind == block::ExtentKind::zero) {
      const std::uint64_t length = std::min(extent.length, 64 * kKiB);
      require(all_zero(read_part(source, offset, length)) &&
                  all_zero(read_part(source, extent.end() - length, length)),
              "zero extents are zeros");
    }
    offset = extent.end();
  }
}

inline void check_guest_placements(const format::Guest& guest,
                                   const block::ByteSource& file) {
  std::uint64_t end = 0;
  guest.for_each_placement([&](const format::Placement& placement) {
    require(placement.length > 0 && placement.file_offset >= end,
            "placements rise");
    end = placement.file_offset + placement.length;
    require(end <= file.size(), "placements lie in the file");
    require(placement.guest_offset <= guest.size() &&
                placement.length <= guest.size() - placement.guest_offset,
            "placements lie in the guest");
    // The ends of long ones, for a fuzzer's sake.
    const std::uint64_t length = std::min(placement.length, 64 * kKiB);
    for (const std::uint64_t within :
         {std::uint64_t{0}, placement.length - length}) {
      require(
          same_parts(read_part(file, placement.file_offset + within, length),
                     read_part(guest, placement.guest_offset + within, length)),
          "placements name equal bytes");
    }
  });
}

inline void check_disk_file(format::Format format,
                            const block::SourcePtr& file) {
  try {
    const auto guest = open_guest(format, file);
    require(guest->size() > 0 && guest->size() % kSectorSize == 0,
            "a guest has whole sectors");
    check_source_extents(*guest);
    check_guest_placements(*guest, *file);
    constexpr std::uint64_t kPart = 128 * kKiB;
    read_part(*guest, 0, kPart);
    read_part(*guest, guest->size() - std::min(guest->size(), kPart), kPart);
    read_part(*guest, guest->size() / 2, 1'000);
  } catch (const Error& error) {
    require(error.code() == Errc::corrupt || error.code() == Errc::invalid ||
                error.code() == Errc::unsupported,
            "an untrusted file is refused as such");
  }
}

}  // namespace platter::test
