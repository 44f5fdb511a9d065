// src/format/vhd_view.cpp: the guest's bytes in, the file's bytes out.
//
// A dynamic file is footer, header, block allocation table, the blocks in use,
// footer; a block is a bitmap of its sectors and the sectors. Where each lies
// follows from which blocks the guest uses: docs/format/vhd.md.
#include "vhd_view.h"

#include <algorithm>

#include "entry_table.h"
#include "packed_clusters.h"
#include "platter/block/regions.h"
#include "vhd_layout.h"

namespace platter::format::vhd {

namespace {

constexpr std::uint64_t kBlock = 2 * kMiB;
constexpr std::uint64_t kBitmap = 512;
constexpr std::uint64_t kStored = kBitmap + kBlock;
// What the bitmaps tell apart.
constexpr std::uint64_t kCluster = 64 * kKiB;
constexpr std::uint64_t kClusterBits = kCluster / kSectorSize / 8;  // bytes
constexpr std::uint64_t kClusters = kBlock / kCluster;

constexpr std::int64_t kYear2000 = 946'684'800;  // seconds since 1970

struct Layout {
  explicit Layout(const block::ByteSource& guest)
      : clusters(guest, kCluster), blocks(guest, kBlock) {}

  std::uint64_t table_size() const {
    return round_up(blocks.count() * 4, kSectorSize);
  }
  std::uint64_t first_block() const {
    return kFooterSize + kHeaderSize + table_size();
  }

  block::ClusterMap clusters;
  block::ClusterMap blocks;
};

using Shared = std::shared_ptr<const Layout>;

std::uint32_t seconds_since_2000(Timestamp time) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(time.seconds() - kYear2000, 0, 0xffff'ffff));
}

Footer footer_of(std::uint64_t disk_size, const Identity& identity,
                 DiskType type) {
  Footer footer;
  footer.type = type;
  footer.created_at = seconds_since_2000(identity.created_at);
  footer.current_size = disk_size;
  footer.geometry = Geometry::of(disk_size / kSectorSize);
  const bool dynamic = type == DiskType::dynamic;
  if (dynamic) footer.header_offset = kFooterSize;
  footer.id = derived_guid(identity, dynamic ? "vhd" : "vhd fixed");
  return footer;
}

Bytes header(const Layout& layout) {
  DynamicHeader header;
  header.table_offset = kFooterSize + kHeaderSize;
  header.table_entries = static_cast<std::uint32_t>(layout.blocks.count());
  return header.encode();
}

// Entries that fill the table's last sector name no block.
block::SourcePtr block_table(const Shared& layout) {
  return entry_table<std::uint32_t, std::endian::big>(
      layout->table_size() / 4,
      [layout](std::uint64_t first, std::span<std::uint32_t> entries) {
        std::ranges::fill(entries, kUnallocated);
        layout->blocks.for_each_used(
            first, first + entries.size(),
            [&](std::uint64_t block, std::uint64_t rank) {
              const std::uint64_t at = layout->first_block() + rank * kStored;
              entries[block - first] =
                  static_cast<std::uint32_t>(at / kSectorSize);
            });
      });
}

// The blocks in use, each behind its bitmap.
class Blocks final : public block::ByteSource {
 public:
  Blocks(block::SourcePtr guest, Shared layout)
      : layout_(std::move(layout)),
        sectors_(
            packed_clusters(std::move(guest), {layout_, &layout_->blocks})) {}

  std::uint64_t size() const noexcept override {
    return layout_->blocks.used() * kStored;
  }

  void read(std::uint64_t offset, MutableBytes out) const override {
    while (!out.empty()) {
      const std::uint64_t block = offset / kStored;
      const std::uint64_t within = offset % kStored;
      const bool in_bitmap = within < kBitmap;
      const auto part = out.first(std::min<std::uint64_t>(
          out.size(), (in_bitmap ? kBitmap : kStored) - within));
      if (in_bitmap) {
        read_bitmap(block, within, part);
      } else {
        sectors_->read(block * kBlock + within - kBitmap, part);
      }
      offset += part.size();
      out = out.subspan(part.size());
    }
  }

  block::Extent extent_at(std::uint64_t offset) const override {
    const std::uint64_t block = offset / kStored;
    const std::uint64_t within = offset % kStored;
    if (within < kBitmap) {
      return {offset, kBitmap - within, block::ExtentKind::data};
    }
    block::Extent extent =
        sectors_->extent_at(block * kBlock + within - kBitmap);
    extent.offset = offset;
    extent.length = std::min(extent.length, kStored - within);
    return extent;
  }

 private:
  void read_bitmap(std::uint64_t block, std::uint64_t within,
                   MutableBytes out) const {
    const block::ClusterMap& clusters = layout_->clusters;
    const std::uint64_t first = layout_->blocks.select(block) * kClusters;
    for (std::byte& byte : out) {
      const std::uint64_t cluster = first + within++ / kClusterBits;
      const bool used = cluster < clusters.count() && clusters.is_used(cluster);
      byte = used ? std::byte{0xff} : std::byte{0};
    }
  }

  Shared layout_;
  block::SourcePtr sectors_;
};

}  // namespace

block::SourcePtr make_dynamic_view(block::SourcePtr guest,
                                   const Identity& identity) {
  const Bytes footer =
      footer_of(guest->size(), identity, DiskType::dynamic).encode();
  const auto layout = std::make_shared<const Layout>(*guest);
  auto view = std::make_shared<block::Regions>();
  view->append(footer);
  view->append(header(*layout));
  view->append(block_table(layout));
  view->append(std::make_shared<Blocks>(std::move(guest), layout));
  view->append(footer);
  return view;
}

block::SourcePtr make_fixed_view(block::SourcePtr guest,
                                 const Identity& identity) {
  const Bytes footer =
      footer_of(guest->size(), identity, DiskType::fixed).encode();
  auto view = std::make_shared<block::Regions>();
  view->append(std::move(guest));
  view->append(footer);
  return view;
}

}  // namespace platter::format::vhd
