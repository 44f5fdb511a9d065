// src/format/partition_table.cpp
#include "partition_table.h"

#include <array>

#include "platter/base/integers.h"

namespace platter::format {

namespace {

// Of the first sector (an MBR): four entries of 16 bytes, each beginning with
// a byte that is 0 or 0x80, the type in its fifth, and a mark at the end.
constexpr std::size_t kEntries = 446;
constexpr std::size_t kEntrySize = 16;
constexpr std::size_t kMark = 510;

bool is_mbr(ByteView sector) {
  if (load_le<std::uint16_t>(sector, kMark) != 0xaa55) return false;
  bool used = false;
  for (std::size_t n = 0; n < 4; ++n) {
    const ByteView entry = sector.subspan(kEntries + n * kEntrySize);
    if ((entry[0] & std::byte{0x7f}) != std::byte{0}) return false;
    used = used || entry[4] != std::byte{0};
  }
  return used;
}

// A GPT's header is in the second sector, whatever a sector has.
bool is_gpt(const block::ByteSource& disk, std::uint64_t sector_size) {
  std::array<std::byte, 8> start;
  if (disk.size() < sector_size + start.size()) return false;
  disk.read(sector_size, start);
  return as_text(start) == "EFI PART";
}

}  // namespace

std::string_view partition_table_of(const block::ByteSource& disk) {
  if (is_gpt(disk, 512) || is_gpt(disk, 4'096)) return "GPT";
  std::array<std::byte, kSectorSize> first;
  if (disk.size() < first.size()) return {};
  disk.read(0, first);
  return is_mbr(first) ? "MBR" : "";
}

}  // namespace platter::format
