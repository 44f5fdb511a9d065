// src/format/vmdk_view.cpp: the guest's bytes in, the file's bytes out.
//
// The file is header, descriptor, grain directory and tables twice, and the
// grains in use. Every table is there, as VMware makes them, so where each
// lies follows from the disk's size; the formulas are those of
// docs/format/vmdk.md.
#include "vmdk_view.h"

#include "entry_table.h"
#include "packed_clusters.h"
#include "platter/block/regions.h"

namespace platter::format::vmdk {

namespace {

// Which parts the file has and where; numbers count sectors.
struct Layout {
  explicit Layout(const block::ByteSource& guest)
      : grains(guest, kViewGrain), tables(guest, kViewGrain * kTableEntries) {}

  std::uint64_t directory_sectors() const {
    return divide_up(4 * tables.count(), kSectorSize);
  }
  std::uint64_t both_sectors() const {  // a directory and its tables
    return directory_sectors() + kTableSectors * tables.count();
  }
  std::uint64_t redundant() const {
    return kDescriptorSector + kDescriptorSectors;
  }
  std::uint64_t directory() const { return redundant() + both_sectors(); }
  std::uint64_t first_grain() const {
    return round_up(directory() + both_sectors(), kGrainSectors);
  }
  std::uint64_t file_sectors() const {
    return first_grain() + kGrainSectors * grains.used();
  }

  block::ClusterMap grains;
  block::ClusterMap tables;  // the grains under one grain table
};

using Shared = std::shared_ptr<const Layout>;

constexpr auto table32 = entry_table<std::uint32_t, std::endian::little>;

Bytes header(const Layout& layout) {
  Header header;
  header.flags = kNewlineTest | kRedundantTables;
  header.capacity = layout.grains.count() * kGrainSectors;
  header.grain_sectors = kGrainSectors;
  header.descriptor_sector = kDescriptorSector;
  header.descriptor_sectors = kDescriptorSectors;
  header.redundant_sector = layout.redundant();
  header.directory_sector = layout.directory();
  header.overhead = layout.first_grain();
  return header.encode();
}

// One whose tables follow from `first_table` on.
block::SourcePtr directory(const Shared& layout, std::uint64_t first_table) {
  return table32(
      layout->tables.count(),
      [first_table](std::uint64_t number, std::span<std::uint32_t> entries) {
        for (std::uint32_t& entry : entries) {
          entry = static_cast<std::uint32_t>(first_table +
                                             kTableSectors * number++);
        }
      });
}

block::SourcePtr all_entries(const Shared& layout) {
  return table32(
      layout->tables.count() * kTableEntries,
      [layout](std::uint64_t first, std::span<std::uint32_t> entries) {
        std::ranges::fill(entries, std::uint32_t{0});
        layout->grains.for_each_used(
            first, first + entries.size(),
            [&](std::uint64_t grain, std::uint64_t rank) {
              entries[grain - first] = static_cast<std::uint32_t>(
                  layout->first_grain() + kGrainSectors * rank);
            });
      });
}

// The tables one after another; those without a grain are known to be zeros.
class Tables final : public block::ByteSource {
 public:
  explicit Tables(Shared layout)
      : layout_(std::move(layout)), entries_(all_entries(layout_)) {}

  std::uint64_t size() const noexcept override { return entries_->size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    entries_->read(offset, out);
  }
  block::Extent extent_at(std::uint64_t offset) const override {
    const block::ClusterMap& tables = layout_->tables;
    const std::uint64_t number = offset / kTableSize;
    const std::uint64_t used = tables.used_in_a_row(number, tables.count());
    const std::uint64_t end =
        used > 0 ? number + used : tables.next_used(number);
    return {offset, end * kTableSize - offset,
            used > 0 ? block::ExtentKind::data : block::ExtentKind::zero};
  }

 private:
  Shared layout_;
  block::SourcePtr entries_;
};

}  // namespace

bool has_room_for(const block::ByteSource& guest) {
  return Layout(guest).file_sectors() <= kMaxSectors;
}

Bytes descriptor_sectors(Description description, std::uint64_t size,
                         const Identity& identity) {
  description.sectors = size / kSectorSize;
  Bytes sectors = to_bytes(make_descriptor(description, identity));
  sectors.resize(kDescriptorSectors * kSectorSize);
  return sectors;
}

block::SourcePtr make_view(block::SourcePtr guest, const Identity& identity) {
  const auto layout = std::make_shared<const Layout>(*guest);
  const auto tables = std::make_shared<const Tables>(layout);
  auto view = std::make_shared<block::Regions>();
  view->append(header(*layout));
  view->append(descriptor_sectors({.create_type = "monolithicSparse",
                                   .access = "RW",
                                   .file_name = "disk.vmdk"},
                                  guest->size(), identity));
  for (const std::uint64_t first : {layout->redundant(), layout->directory()}) {
    view->append(directory(layout, first + layout->directory_sectors()));
    view->align_to(kSectorSize);
    view->append(tables);
  }
  view->align_to(kViewGrain);
  view->append(packed_clusters(std::move(guest), {layout, &layout->grains}));
  return view;
}

}  // namespace platter::format::vmdk
