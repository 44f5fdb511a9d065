// src/format/vdi_view.cpp: the guest's bytes in, the file's bytes out.
//
// The file is header, block map and the blocks in use, map and blocks each
// from a boundary of 1 MiB on; the formulas are those of docs/format/vdi.md.
#include "vdi_view.h"

#include "entry_table.h"
#include "packed_clusters.h"
#include "platter/block/regions.h"

namespace platter::format::vdi {

namespace {

using Blocks = std::shared_ptr<const block::ClusterMap>;

Bytes header(const block::ClusterMap& blocks, std::uint64_t disk_size,
             const Identity& identity) {
  Header header;
  header.map_offset = kMiB;
  header.data_offset =
      static_cast<std::uint32_t>(round_up(kMiB + 4 * blocks.count(), kMiB));
  header.disk_size = disk_size;
  header.block_size = static_cast<std::uint32_t>(kViewBlock);
  header.block_count = static_cast<std::uint32_t>(blocks.count());
  header.allocated = static_cast<std::uint32_t>(blocks.used());
  header.image_id = derived_guid(identity, "vdi image");
  header.state_id = derived_guid(identity, "vdi state");
  return header.encode();
}

block::SourcePtr map(const Blocks& blocks) {
  return entry_table<std::uint32_t, std::endian::little>(
      blocks->count(),
      [blocks](std::uint64_t first, std::span<std::uint32_t> entries) {
        std::ranges::fill(entries, kUnallocated);
        blocks->for_each_used(first, first + entries.size(),
                              [&](std::uint64_t block, std::uint64_t rank) {
                                entries[block - first] =
                                    static_cast<std::uint32_t>(rank);
                              });
      });
}

}  // namespace

block::SourcePtr make_view(block::SourcePtr guest, const Identity& identity) {
  const auto blocks =
      std::make_shared<const block::ClusterMap>(*guest, kViewBlock);
  auto view = std::make_shared<block::Regions>();
  view->append(header(*blocks, guest->size(), identity));
  view->align_to(kMiB);
  view->append(map(blocks));
  view->align_to(kMiB);
  view->append(packed_clusters(std::move(guest), blocks));
  return view;
}

}  // namespace platter::format::vdi
