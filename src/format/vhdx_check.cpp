// src/format/vhdx_check.cpp: every mebibyte of the file has one owner.
#include "vhdx_check.h"

#include "claims.h"
#include "refusal.h"

namespace platter::format::vhdx {

namespace {

class Checker {
 public:
  Checker(const Structure& structure, std::uint64_t file_size)
      : structure_(structure), file_size_(file_size), claims_(unit_count()) {}

  void own_structures() {
    own("headers", 0, kUnit);
    const Header& header = structure_.header;
    own("log", header.log_offset, header.log_length);
    for (const Region& region : structure_.regions) {
      own("region " + to_text(region.id), region.offset, region.length);
    }
  }

  void check_block(std::uint64_t block, std::uint64_t raw) {
    const BlockEntry entry = decode(block, raw);
    if (entry.state == BlockState::partially_present) {
      bad(Errc::invalid, block, raw,
          "the block is partly in another file: the disk is a differencing "
          "one");
    }
    if (entry.state == BlockState::present) {
      const Metadata& metadata = structure_.metadata;
      const std::uint64_t start = block * metadata.block_size;
      // What lies past the disk's end may be missing.
      const std::uint64_t visible = std::min<std::uint64_t>(
          metadata.block_size, metadata.disk_size - start);
      own_stored(block, raw, visible, metadata.block_size);
    }
  }

  // An entry between those of blocks: `block` is the last before it.
  void check_bitmap(std::uint64_t block, std::uint64_t raw) {
    const BlockEntry entry = decode(block, raw);
    if (entry.state == BlockState::present) {
      own_stored(block, raw, kUnit, kUnit);
    }
  }

 private:
  std::uint64_t unit_count() const {
    const std::uint64_t count = divide_up(file_size_, kUnit);
    if (count > Claims::kMost) {
      refuse(Errc::unsupported,
             "vhdx: the file has {} MiB; at most {} can be checked", count,
             Claims::kMost);
    }
    return count;
  }

  // REQUIRES: the range lies in the file.
  void own(std::string_view name, std::uint64_t offset, std::uint64_t length) {
    if (claims_.own(offset / kUnit, divide_up(length, kUnit))) return;
    refuse(Errc::corrupt, "vhdx: the {} at {:#x} overlaps another part", name,
           offset);
  }

  void own_stored(std::uint64_t block, std::uint64_t raw, std::uint64_t visible,
                  std::uint64_t length) {
    const std::uint64_t offset = BlockEntry(raw).file_offset;
    if (offset > file_size_ || visible > file_size_ - offset) {
      bad(Errc::corrupt, block, raw, "outside the file");
    }
    const std::uint64_t there = std::min(length, file_size_ - offset);
    if (!claims_.own(offset / kUnit, divide_up(there, kUnit))) {
      bad(Errc::corrupt, block, raw, "it overlaps another block or a table");
    }
  }

  BlockEntry decode(std::uint64_t block, std::uint64_t raw) const {
    const BlockEntry entry(raw);
    if (BlockEntry::has_reserved_bits(raw)) {
      bad(Errc::corrupt, block, raw, "reserved bits are set");
    }
    if (static_cast<int>(entry.state) == 4) {
      bad(Errc::corrupt, block, raw, "its state is 4, which means nothing");
    }
    return entry;
  }

  [[noreturn]] void bad(Errc code, std::uint64_t block, std::uint64_t raw,
                        std::string_view why) const {
    refuse(code,
           "vhdx: the BAT entry of (or after) block {} is {:#x}, in a file of "
           "{} bytes: {}",
           block, raw, file_size_, why);
  }

  const Structure& structure_;
  std::uint64_t file_size_;
  Claims claims_;
};

}  // namespace

std::uint64_t checked_table_offset(const Structure& structure) {
  const Region& region = region_of(structure.regions, kTableRegion);
  const std::uint64_t needed = structure.metadata.entry_count();
  if (region.length / 8 < needed) {
    refuse(Errc::corrupt,
           "vhdx: the block allocation table has {} entries; a disk of {} "
           "bytes needs {}",
           region.length / 8, structure.metadata.disk_size, needed);
  }
  return region.offset;
}

void check_blocks(const Structure& structure,
                  const FileTable<std::uint64_t, std::endian::little>& table,
                  std::uint64_t file_size) {
  Checker checker(structure, file_size);
  checker.own_structures();
  FileTable<std::uint64_t, std::endian::little>::Cursor entries(table);
  const std::uint64_t ratio = structure.metadata.chunk_ratio();
  std::uint64_t block = 0;
  for (std::uint64_t index = 0; index < table.count(); ++index) {
    if (index % (ratio + 1) == ratio) {
      checker.check_bitmap(block - 1, entries[index]);
    } else {
      checker.check_block(block++, entries[index]);
    }
  }
}

}  // namespace platter::format::vhdx
