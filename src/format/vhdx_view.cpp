// src/format/vhdx_view.cpp: the guest's bytes in, the file's bytes out.
//
// The file is identifier, headers, region tables, an empty log, metadata,
// block allocation table, and the blocks in use, as docs/format/vhdx.md says.
#include "vhdx_view.h"

#include <algorithm>

#include "entry_table.h"
#include "packed_clusters.h"
#include "platter/block/regions.h"
#include "vhdx_layout.h"

namespace platter::format::vhdx {

namespace {

constexpr std::uint64_t kLog = 1 * kMiB;
constexpr std::uint64_t kMetadata = 2 * kMiB;
constexpr std::uint64_t kTable = 3 * kMiB;

// Small blocks copy fewer zeros; beyond a tebibyte their table, 8 bytes a
// block, would outgrow what it saves.
std::uint32_t block_size_of(std::uint64_t disk_size) {
  return disk_size <= kTiB ? 1 * kMiB : 32 * kMiB;
}

Metadata metadata_of(std::uint64_t disk_size, const Identity& identity) {
  Metadata metadata;
  metadata.block_size = block_size_of(disk_size);
  metadata.disk_size = disk_size;
  metadata.disk_id = derived_guid(identity, "vhdx disk");
  return metadata;
}

struct Layout {
  Layout(const block::ByteSource& guest, const Identity& identity)
      : metadata(metadata_of(guest.size(), identity)),
        blocks(guest, metadata.block_size) {}

  std::uint64_t table_size() const {
    return round_up(metadata.entry_count() * 8, kUnit);
  }
  std::uint64_t first_block() const { return kTable + table_size(); }

  Metadata metadata;
  block::ClusterMap blocks;
};

using Shared = std::shared_ptr<const Layout>;

Bytes identifier() {
  Bytes raw = to_bytes(kSignature);
  for (const char letter : std::string_view("Platter")) {
    raw.push_back(static_cast<std::byte>(letter));
    raw.push_back(std::byte{0});
  }
  return raw;
}

Bytes header(std::uint64_t sequence, const Identity& identity) {
  Header header;
  header.sequence = sequence;
  header.file_write_id = derived_guid(identity, "vhdx file");
  header.data_write_id = derived_guid(identity, "vhdx data");
  header.log_length = kMiB;
  header.log_offset = kLog;
  return header.encode();
}

Bytes regions(const Layout& layout) {
  return encode_regions(
      {{kTableRegion, kTable, static_cast<std::uint32_t>(layout.table_size()),
        true},
       {kMetadataRegion, kMetadata, kMiB, true}});
}

block::SourcePtr block_table(const Shared& layout) {
  return entry_table<std::uint64_t, std::endian::little>(
      layout->metadata.entry_count(),
      [layout](std::uint64_t first, std::span<std::uint64_t> entries) {
        // After each `ratio` entries of blocks there is one of a bitmap.
        const std::uint64_t ratio = layout->metadata.chunk_ratio();
        const auto first_block_from = [ratio](std::uint64_t entry) {
          return entry / (ratio + 1) * ratio + entry % (ratio + 1);
        };
        std::ranges::fill(entries, std::uint64_t{0});
        layout->blocks.for_each_used(
            first_block_from(first), first_block_from(first + entries.size()),
            [&](std::uint64_t block, std::uint64_t rank) {
              entries[block + block / ratio - first] = BlockEntry::present_at(
                  layout->first_block() + rank * layout->metadata.block_size);
            });
      });
}

}  // namespace

block::SourcePtr make_view(block::SourcePtr guest, const Identity& identity) {
  const auto layout = std::make_shared<const Layout>(*guest, identity);
  auto view = std::make_shared<block::Regions>();
  view->append(identifier());
  view->align_to(kHeaders[0]);
  view->append(header(1, identity));
  view->align_to(kHeaders[0]);
  view->append(header(2, identity));
  view->align_to(kTableSize);
  view->append(regions(*layout));
  view->append(regions(*layout));
  view->align_to(kUnit);
  view->append_zeros(kMiB);  // the log
  view->append(layout->metadata.encode());
  view->align_to(kUnit);
  view->append(block_table(layout));
  view->align_to(kUnit);
  view->append(packed_clusters(std::move(guest), {layout, &layout->blocks}));
  return view;
}

}  // namespace platter::format::vhdx
