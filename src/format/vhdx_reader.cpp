// src/format/vhdx_reader.cpp: the file's bytes in, the guest's bytes out. The
// constructor has checked every pointer, so the read path only follows them.
#include "vhdx_reader.h"

#include <algorithm>

#include "vhdx_check.h"

namespace platter::format::vhdx {

// Looks up where guest bytes are; holds what it used last of the table.
class Reader::Cursor {
 public:
  explicit Cursor(const Reader& reader)
      : metadata_(reader.metadata_), entries_(reader.table_) {}

  // What begins at `offset`, joined as far as it goes on alike, up to `end`.
  // REQUIRES: offset < end <= size().
  Run run_at(std::uint64_t offset, std::uint64_t end) {
    Run run = part_at(offset);
    while (offset + run.length < end) {
      const Run next = part_at(offset + run.length);
      if (next.stored != run.stored ||
          (run.stored && next.file_offset != run.file_offset + run.length)) {
        break;
      }
      run.length += next.length;
    }
    run.length = std::min(run.length, end - offset);
    return run;
  }

 private:
  // The same within one block.
  Run part_at(std::uint64_t offset) {
    const std::uint64_t block = offset / metadata_.block_size;
    const std::uint64_t within = offset % metadata_.block_size;
    const std::uint64_t rest =
        std::min(metadata_.block_size - within, metadata_.disk_size - offset);
    const BlockEntry entry(entries_[metadata_.entry_of(block)]);
    if (entry.state != BlockState::present) return {false, rest, 0};
    return {true, rest, entry.file_offset + within};
  }

  const Metadata& metadata_;
  BlockTable::Cursor entries_;
};

Reader::Reader(block::SourcePtr file)
    : header_(Header::decode(*file)),
      file_(replay_log(std::move(file), header_)),
      regions_(decode_regions(*file_)),
      metadata_(Metadata::decode(*file_, region_of(regions_, kMetadataRegion))),
      table_(file_, checked_table_offset({header_, regions_, metadata_}),
             metadata_.entry_count()) {
  check_blocks({header_, regions_, metadata_}, table_, file_->size());
}

void Reader::read(std::uint64_t offset, MutableBytes out) const {
  Cursor cursor(*this);
  while (!out.empty()) {
    const Run run = cursor.run_at(offset, offset + out.size());
    const auto part = out.first(run.length);
    if (run.stored) {
      file_->read(run.file_offset, part);
    } else {
      std::ranges::fill(part, std::byte{0});
    }
    offset += run.length;
    out = out.subspan(run.length);
  }
}

// Stops where the next piece of the table would have to be read. Holes of the
// file within a block, as a fixed disk has them, are holes of the guest.
block::Extent Reader::extent_at(std::uint64_t offset) const {
  Cursor cursor(*this);
  const std::uint64_t reach = BlockTable::kPieceEntries * metadata_.block_size;
  const std::uint64_t end = std::min(size(), round_down(offset, reach) + reach);
  const Run run = cursor.run_at(offset, end);
  if (!run.stored) return {offset, run.length, block::ExtentKind::zero};
  const block::Extent stored = file_->extent_at(run.file_offset);
  return {offset, std::min(run.length, stored.length), stored.kind};
}

void Reader::for_each_placement(const PlacementVisitor& visit) const {
  visit_in_file_order(
      [this](const PlacementVisitor& inner) { walk_placements(inner); }, visit);
}

// What the log wrote over is guest data, but not where the file has it.
void Reader::walk_placements(const PlacementVisitor& visit) const {
  Cursor cursor(*this);
  for (std::uint64_t offset = 0; offset < size();) {
    const Run run = cursor.run_at(offset, size());
    if (run.stored) {
      file_->for_each_untouched(
          run.file_offset, run.length,
          [&](std::uint64_t file_offset, std::uint64_t length) {
            visit({file_offset, offset + (file_offset - run.file_offset),
                   length});
          });
    }
    offset += run.length;
  }
}

}  // namespace platter::format::vhdx
