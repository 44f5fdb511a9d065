// src/format/vhd_reader.cpp: the file's bytes in, the guest's bytes out. All
// pointers were checked at open, so the read path only follows them.
#include "vhd_reader.h"

#include <algorithm>
#include <bit>

#include "platter/base/integers.h"
#include "platter/block/sources.h"

namespace platter::format::vhd {

namespace {

// A fixed disk: the file without its footer.
class FixedReader final : public Guest {
 public:
  FixedReader(block::SourcePtr file, std::uint64_t size)
      : disk_(block::slice(std::move(file), 0, size)) {}

  std::uint64_t size() const noexcept override { return disk_->size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    disk_->read(offset, out);
  }
  block::Extent extent_at(std::uint64_t offset) const override {
    return disk_->extent_at(offset);
  }
  void for_each_placement(const PlacementVisitor& visit) const override {
    visit({0, 0, size()});
  }

 private:
  block::SourcePtr disk_;
};

bool bit_of(ByteView bitmap, std::uint64_t sector) {
  const auto byte = std::to_integer<unsigned>(bitmap[sector / 8]);
  return (byte >> (7 - sector % 8) & 1) != 0;
}

// The sectors from `first` on, up to `end`, that have the same bit.
std::uint64_t alike(ByteView bitmap, std::uint64_t first, std::uint64_t end) {
  const bool bit = bit_of(bitmap, first);
  const std::byte all{bit ? std::uint8_t{0xff} : std::uint8_t{0}};
  std::uint64_t sector = first + 1;
  while (sector < end) {
    if (sector % 8 == 0 && bitmap[sector / 8] == all) {
      sector += 8;
    } else if (bit_of(bitmap, sector) == bit) {
      ++sector;
    } else {
      break;
    }
  }
  return std::min(sector, end) - first;
}

std::size_t cached_bitmaps(const DynamicHeader& header) {
  return std::min<std::uint64_t>(64, 4 * kMiB / header.bitmap_size());
}

}  // namespace

std::shared_ptr<const Guest> open_guest(block::SourcePtr file) {
  const Footer footer = checked_footer(*file);
  if (footer.type == DiskType::fixed) {
    return std::make_shared<FixedReader>(std::move(file), footer.disk_size());
  }
  return std::make_shared<DynamicReader>(std::move(file), footer);
}

// Looks up where guest bytes are; holds what it used last of the table.
class DynamicReader::Cursor {
 public:
  explicit Cursor(const DynamicReader& reader)
      : reader_(reader), entries_(reader.table_) {}

  bool has_block(std::uint64_t offset) {
    return entries_[offset / reader_.header_.block_size] != kUnallocated;
  }

  // What begins at `offset`, as far as its block goes. REQUIRES: offset <
  // size().
  Run run_at(std::uint64_t offset) {
    const DynamicHeader& header = reader_.header_;
    const std::uint64_t block = offset / header.block_size;
    const std::uint64_t within = offset % header.block_size;
    const std::uint64_t rest =
        std::min(header.block_size - within, reader_.size_ - offset);
    const std::uint32_t entry = entries_[block];
    if (entry == kUnallocated) return {false, rest, 0};
    const std::uint64_t stored_at = entry * kSectorSize;
    const ByteView bitmap = bitmap_of(block, stored_at);
    const std::uint64_t sector = within / kSectorSize;
    const std::uint64_t run =
        alike(bitmap, sector, header.block_size / kSectorSize);
    return {bit_of(bitmap, sector),
            std::min((sector + run) * kSectorSize - within, rest),
            stored_at + header.bitmap_size() + within};
  }

 private:
  ByteView bitmap_of(std::uint64_t block, std::uint64_t stored_at) {
    if (bitmap_ == nullptr || block != block_) {
      bitmap_ = reader_.bitmaps_.get(block, [&] {
        Bytes bitmap(reader_.header_.bitmap_size());
        reader_.file_->read(stored_at, bitmap);
        return bitmap;
      });
      block_ = block;
    }
    return *bitmap_;
  }

  const DynamicReader& reader_;
  BlockTable::Cursor entries_;
  BlockCache::Block bitmap_;
  std::uint64_t block_ = 0;
};

DynamicReader::DynamicReader(block::SourcePtr file, const Footer& footer)
    : file_(std::move(file)),
      size_(footer.disk_size()),
      header_(checked_header(*file_, footer)),
      table_(file_, header_.table_offset, divide_up(size_, header_.block_size)),
      bitmaps_(cached_bitmaps(header_)) {
  check_blocks(footer, header_, table_, file_->size());
}

void DynamicReader::read(std::uint64_t offset, MutableBytes out) const {
  Cursor cursor(*this);
  while (!out.empty()) {
    const Run run = cursor.run_at(offset);
    const auto part =
        out.first(std::min<std::uint64_t>(run.length, out.size()));
    if (run.stored) {
      file_->read(run.file_offset, part);
    } else {
      std::ranges::fill(part, std::byte{0});
    }
    offset += part.size();
    out = out.subspan(part.size());
  }
}

// Goes on over blocks that the same piece of the table says are not there.
block::Extent DynamicReader::extent_at(std::uint64_t offset) const {
  Cursor cursor(*this);
  const Run first = cursor.run_at(offset);
  std::uint64_t end = offset + first.length;
  if (first.stored) {
    return {offset, first.length, block::ExtentKind::data};
  }
  const std::uint64_t reach = BlockTable::kPieceEntries * header_.block_size;
  const std::uint64_t cheap_end =
      std::min(size_, round_down(offset, reach) + reach);
  while (end < cheap_end && end % header_.block_size == 0 &&
         !cursor.has_block(end)) {
    end = std::min(size_, end + header_.block_size);
  }
  return {offset, end - offset, block::ExtentKind::zero};
}

void DynamicReader::for_each_placement(const PlacementVisitor& visit) const {
  visit_in_file_order(
      [this](const PlacementVisitor& inner) { walk_placements(inner); }, visit);
}

// Runs shorter than a page are left to the file's other bytes, so that a
// bitmap of single sectors does not make more placements than it is worth.
void DynamicReader::walk_placements(const PlacementVisitor& visit) const {
  Cursor cursor(*this);
  for (std::uint64_t offset = 0; offset < size_;) {
    const Run run = cursor.run_at(offset);
    const bool is_last = offset + run.length == size_;
    if (run.stored && (run.length >= kPageSize || is_last)) {
      visit({run.file_offset, offset, run.length});
    }
    offset += run.length;
  }
}

}  // namespace platter::format::vhd
