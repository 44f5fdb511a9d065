// src/format/vhd_check.cpp: footers that agree, and blocks that lie in the
// file and have their bytes for themselves.
#include "vhd_check.h"

#include <array>
#include <optional>
#include <vector>

#include "refusal.h"

namespace platter::format::vhd {

namespace {

// Blocks that can be checked: their places take 256 MiB. A VHD with blocks of
// 2 MiB has at most 2^20.
constexpr std::uint64_t kMostBlocks = std::uint64_t{1} << 26;

struct Range {
  std::string_view name;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  bool overlaps(std::uint64_t other, std::uint64_t other_length) const {
    return offset < other + other_length && other < offset + length;
  }
};

// What a dynamic VHD holds besides its blocks.
std::array<Range, 4> structures(const Footer& footer,
                                const DynamicHeader& header,
                                std::uint64_t file_size) {
  return {{{"copy of the footer", 0, kFooterSize},
           {"dynamic header", footer.header_offset, kHeaderSize},
           {"block allocation table", header.table_offset,
            std::uint64_t{header.table_entries} * 4},
           {"footer", file_size - kFooterSize, kFooterSize}}};
}

void check_inside(const Range& range, std::uint64_t file_size) {
  if (range.offset > file_size || range.length > file_size - range.offset) {
    refuse(Errc::corrupt,
           "vhd: the {} is at {:#x} with {} bytes: outside the file of {} "
           "bytes",
           range.name, range.offset, range.length, file_size);
  }
}

void check_alike(const Footer& start, const Footer& end) {
  if (start.type != end.type || start.header_offset != end.header_offset ||
      start.disk_size() != end.disk_size()) {
    refuse(Errc::corrupt,
           "vhd: the footer says type {} and {} bytes, its copy at the start "
           "of the file type {} and {} bytes: two disks in one file",
           static_cast<std::uint32_t>(end.type), end.disk_size(),
           static_cast<std::uint32_t>(start.type), start.disk_size());
  }
}

// Collects where blocks are and finds two that overlap.
class Blocks {
 public:
  explicit Blocks(std::uint64_t stored_size)
      : length_(stored_size / kSectorSize) {}

  void add(std::uint32_t sector) {
    if (sectors_.size() == kMostBlocks) {
      refuse(Errc::unsupported,
             "vhd: more than {} blocks are allocated, which is what can be "
             "checked. Convert it with larger blocks",
             kMostBlocks);
    }
    sectors_.push_back(sector);
  }

  void check_apart() {
    std::ranges::sort(sectors_);
    for (std::size_t n = 1; n < sectors_.size(); ++n) {
      if (sectors_[n] - sectors_[n - 1] >= length_) continue;
      refuse(Errc::corrupt,
             "vhd: the block at sector {:#x} overlaps the one at {:#x}",
             sectors_[n], sectors_[n - 1]);
    }
  }

 private:
  std::uint64_t length_;
  std::vector<std::uint32_t> sectors_;
};

}  // namespace

Footer checked_footer(const block::ByteSource& file) {
  if (file.size() < kFooterSize) {
    refuse(Errc::corrupt, "vhd: the file has {} bytes; a footer needs {}",
           file.size(), kFooterSize);
  }
  std::array<std::byte, kFooterSize> first;
  std::array<std::byte, kFooterSize> last;
  file.read(0, first);
  file.read(file.size() - last.size(), last);
  const bool has_copy = as_text(first).substr(0, kCookie.size()) == kCookie;
  // The copy comes first: a type that is refused is told so even if the file
  // was cut off.
  std::optional<Footer> copy;
  if (has_copy) copy = Footer::decode(first, "start");
  const Footer footer = Footer::decode(last, "end");
  if (copy) check_alike(*copy, footer);
  if (!copy && footer.type == DiskType::dynamic) {
    refuse(Errc::corrupt,
           "vhd: the copy of the footer at the start of the file is missing: "
           "the file was written over");
  }
  const std::uint64_t rest = file.size() - kFooterSize;
  if (footer.type == DiskType::fixed && footer.disk_size() > rest) {
    refuse(Errc::corrupt,
           "vhd: the disk has {} bytes, but the file only {} before its "
           "footer: it was cut off. Upload it again",
           footer.disk_size(), rest);
  }
  return footer;
}

DynamicHeader checked_header(const block::ByteSource& file,
                             const Footer& footer) {
  check_inside({"dynamic header", footer.header_offset, kHeaderSize},
               file.size());
  Bytes raw(kHeaderSize);
  file.read(footer.header_offset, raw);
  const auto header = DynamicHeader::decode(raw);
  const std::uint64_t needed = divide_up(footer.disk_size(), header.block_size);
  if (header.table_entries < needed) {
    refuse(Errc::corrupt,
           "vhd: max_table_entries is {}; the disk has {} blocks of {} bytes",
           header.table_entries, needed, header.block_size);
  }
  const auto ranges = structures(footer, header, file.size());
  for (const Range& range : ranges) check_inside(range, file.size());
  for (std::size_t n = 1; n < ranges.size(); ++n) {
    for (std::size_t before = 0; before < n; ++before) {
      if (ranges[before].overlaps(ranges[n].offset, ranges[n].length)) {
        refuse(Errc::corrupt, "vhd: the {} at {:#x} overlaps the {} at {:#x}",
               ranges[n].name, ranges[n].offset, ranges[before].name,
               ranges[before].offset);
      }
    }
  }
  return header;
}

void check_blocks(const Footer& footer, const DynamicHeader& header,
                  const BlockTable& table, std::uint64_t file_size) {
  const auto ranges = structures(footer, header, file_size);
  Blocks blocks(header.stored_size());
  BlockTable::Cursor entries(table);
  for (std::uint64_t block = 0; block < table.count(); ++block) {
    const std::uint32_t entry = entries[block];
    if (entry == kUnallocated) continue;
    // What lies past the disk's end may be missing.
    const std::uint64_t visible = std::min<std::uint64_t>(
        header.block_size, footer.disk_size() - block * header.block_size);
    const Range stored{"block", entry * kSectorSize,
                       header.bitmap_size() + visible};
    check_inside(stored, file_size);
    for (const Range& range : ranges) {
      if (!range.overlaps(stored.offset, stored.length)) continue;
      refuse(Errc::corrupt,
             "vhd: BAT entry {} is {:#x}: the block overlaps the {}", block,
             entry, range.name);
    }
    blocks.add(entry);
  }
  blocks.check_apart();
}

}  // namespace platter::format::vhd
