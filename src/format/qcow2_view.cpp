// src/format/qcow2_view.cpp: the guest's bytes in, the file's bytes out.
//
// The file is header, refcount table, refcount blocks, L1 table, the L2 tables
// in use, and the clusters in use, each from a cluster boundary on. Where each
// lies follows from which clusters the guest uses; the formulas are those of
// docs/format/qcow2.md.
#include "qcow2_view.h"

#include "entry_table.h"
#include "packed_clusters.h"
#include "platter/block/regions.h"
#include "qcow2_layout.h"

namespace platter::format::qcow2 {

namespace {

constexpr std::uint64_t kCluster = 64 * kKiB;
constexpr std::uint64_t kEntries = kCluster / 8;    // of an L2 table
constexpr std::uint64_t kRefcounts = kCluster / 2;  // of a refcount block

// Which parts the file has and where; numbers count clusters.
struct Layout {
  Layout(const block::ByteSource& guest)
      : clusters(guest, kCluster), groups(guest, kCluster * kEntries) {
    const std::uint64_t others =
        1 + l1_clusters() + groups.used() + clusters.used();
    // Refcounts count themselves, so look for numbers that agree.
    for (std::uint64_t total = 0; total != file_clusters;) {
      total = file_clusters;
      refcount_blocks =
          divide_up(others + refcount_blocks + table_clusters, kRefcounts);
      table_clusters = divide_up(refcount_blocks, kEntries);
      file_clusters = others + refcount_blocks + table_clusters;
    }
  }

  std::uint64_t l1_entries() const { return groups.count(); }
  std::uint64_t l1_clusters() const {
    return divide_up(l1_entries(), kEntries);
  }
  std::uint64_t first_refcount_block() const { return 1 + table_clusters; }
  std::uint64_t first_l1() const {
    return first_refcount_block() + refcount_blocks;
  }
  std::uint64_t first_l2() const { return first_l1() + l1_clusters(); }
  std::uint64_t first_data() const { return first_l2() + groups.used(); }

  block::ClusterMap clusters;
  block::ClusterMap groups;  // the clusters under one L2 table
  std::uint64_t refcount_blocks = 1;
  std::uint64_t table_clusters = 1;  // of the refcount table
  std::uint64_t file_clusters = 1;
};

using Shared = std::shared_ptr<const Layout>;

constexpr auto table64 = entry_table<std::uint64_t, std::endian::big>;
constexpr auto table16 = entry_table<std::uint16_t, std::endian::big>;

std::uint64_t pointer_to(std::uint64_t cluster) {
  return kCopied | cluster * kCluster;
}

Bytes header(const Layout& layout, std::uint64_t disk_size) {
  Header header;
  header.disk_size = disk_size;
  header.l1_entries = static_cast<std::uint32_t>(layout.l1_entries());
  header.l1_offset = layout.first_l1() * kCluster;
  header.refcount_table_offset = kCluster;
  header.refcount_table_clusters =
      static_cast<std::uint32_t>(layout.table_clusters);
  return header.encode();
}

block::SourcePtr refcount_table(const Shared& layout) {
  return table64(
      layout->refcount_blocks,
      [layout](std::uint64_t first, std::span<std::uint64_t> entries) {
        for (std::uint64_t& entry : entries) {
          entry = (layout->first_refcount_block() + first++) * kCluster;
        }
      });
}

// Every cluster of the file is used once.
block::SourcePtr refcounts(const Shared& layout) {
  return table16(layout->file_clusters,
                 [](std::uint64_t, std::span<std::uint16_t> entries) {
                   std::ranges::fill(entries, std::uint16_t{1});
                 });
}

// Entries that point to what is used of `map`, which lies from `first_cluster`
// of the file on; entry number `first` is that of map cluster `at`.
void fill_pointers(const block::ClusterMap& map, std::uint64_t at,
                   std::uint64_t first_cluster,
                   std::span<std::uint64_t> entries) {
  std::ranges::fill(entries, std::uint64_t{0});
  map.for_each_used(at, at + entries.size(),
                    [&](std::uint64_t cluster, std::uint64_t rank) {
                      entries[cluster - at] = pointer_to(first_cluster + rank);
                    });
}

block::SourcePtr l1_table(const Shared& layout) {
  return table64(
      layout->l1_entries(),
      [layout](std::uint64_t first, std::span<std::uint64_t> entries) {
        fill_pointers(layout->groups, first, layout->first_l2(), entries);
      });
}

block::SourcePtr l2_tables(const Shared& layout) {
  return table64(
      layout->groups.used() * kEntries,
      [layout](std::uint64_t first, std::span<std::uint64_t> entries) {
        while (!entries.empty()) {
          const std::uint64_t within = first % kEntries;
          const auto part = entries.first(
              std::min<std::uint64_t>(entries.size(), kEntries - within));
          const std::uint64_t group = layout->groups.select(first / kEntries);
          fill_pointers(layout->clusters, group * kEntries + within,
                        layout->first_data(), part);
          first += part.size();
          entries = entries.subspan(part.size());
        }
      });
}

}  // namespace

block::SourcePtr make_view(block::SourcePtr guest) {
  const auto layout = std::make_shared<const Layout>(*guest);
  auto view = std::make_shared<block::Regions>();
  view->append(header(*layout, guest->size()));
  view->align_to(kCluster);
  view->append(refcount_table(layout));
  view->align_to(kCluster);
  view->append(refcounts(layout));
  view->align_to(kCluster);
  view->append(l1_table(layout));
  view->align_to(kCluster);
  view->append(l2_tables(layout));
  view->append(packed_clusters(std::move(guest), {layout, &layout->clusters}));
  return view;
}

}  // namespace platter::format::qcow2
