// src/image/disk_map.cpp
#include "platter/image/disk_map.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "disk_leaf.h"
#include "leaf_cache.h"

namespace platter::image {
namespace {

LeafCounts counts_of(const std::vector<DiskExtent>& extents) {
  constexpr std::uint64_t kCluster = 64 * kKiB / kPageSize;  // pages
  constexpr std::uint64_t kMebibyte = kMiB / kPageSize;
  LeafCounts counts;
  std::uint64_t next = 0;  // the first cluster not counted yet
  for (const DiskExtent& extent : extents) {
    const std::uint64_t begin = DiskLeafCodec::begin(extent);
    const std::uint64_t end =
        std::min(DiskLeafCodec::end(extent), DiskLeafCodec::kSpan);
    const std::uint64_t first = std::max(next, begin / kCluster);
    next = std::max(next, divide_up(end, kCluster));
    counts.clusters += static_cast<std::uint16_t>(next - first);
    for (auto at = begin / kMebibyte; at * kMebibyte < end; ++at) {
      counts.mebibytes |= std::uint64_t{1} << at;
    }
  }
  return counts;
}

class DiskSource final : public block::ByteSource {
 public:
  DiskSource(store::Store& store, const DiskMap& map)
      : store_(store),
        size_(map.size),
        most_leaves_(
            std::min(divide_up(map.size, kLeafSpan), map.root.counts.clusters)),
        leaves_(store, map.root, map.size) {}

  std::uint64_t size() const noexcept override { return size_; }

  void read(std::uint64_t offset, MutableBytes out) const override {
    while (!out.empty()) {
      const std::uint64_t within = offset % kLeafSpan;
      const std::uint64_t length =
          std::min<std::uint64_t>(out.size(), kLeafSpan - within);
      read_leaf(offset / kLeafSpan, within, out.first(length));
      offset += length;
      out = out.subspan(length);
    }
  }

  block::Extent extent_at(std::uint64_t offset) const override {
    const std::uint64_t index = offset / kLeafSpan;
    const std::uint64_t page = offset % kLeafSpan / kPageSize;
    const auto leaf = leaves_.load(index);
    const std::size_t i = leaf ? leaf->find(page) : 0;
    if (!leaf || i == leaf->size()) return hole(offset, next_data(index + 1));
    const DiskExtent extent = (*leaf)[i];
    const std::uint64_t base = index * kLeafSpan;
    if (extent.page > page) {
      return hole(offset, base + extent.page * kPageSize);
    }
    const std::uint64_t end = base + data_end(*leaf, i) * kPageSize;
    return {offset, std::min(end, size_) - offset, block::ExtentKind::data};
  }

  std::optional<std::vector<block::Tally>> tallies() const override {
    static_assert(block::Tally::kSpan == kLeafSpan);
    std::vector<block::Tally> tallies;
    tallies.reserve(most_leaves_);
    const bool known = leaves_.for_each_leaf(
        [&](std::uint64_t leaf, const LeafCounts& counts) {
          tallies.push_back({leaf, counts.clusters, counts.mebibytes});
        });
    return known ? std::optional(std::move(tallies)) : std::nullopt;
  }

 private:
  block::Extent hole(std::uint64_t offset, std::uint64_t end) const {
    return {offset, std::min(end, size_) - offset, block::ExtentKind::zero};
  }

  // Where the first page stored at or after leaf `index` lies; size() if there
  // is none.
  std::uint64_t next_data(std::uint64_t index) const {
    const auto next = leaves_.next_leaf(index);
    if (!next) return size_;
    const auto leaf = leaves_.load(*next);
    const std::uint64_t page = leaf && leaf->size() > 0 ? (*leaf)[0].page : 0;
    return *next * kLeafSpan + page * kPageSize;
  }

  // The page where the data that begins with extent `i` ends.
  static std::uint64_t data_end(const DiskLeaf& leaf, std::size_t i) {
    std::uint64_t end = DiskLeafCodec::end(leaf[i]);
    for (++i; i < leaf.size() && leaf[i].page == end; ++i) {
      end = DiskLeafCodec::end(leaf[i]);
    }
    return end;
  }

  void read_leaf(std::uint64_t index, std::uint64_t within,
                 MutableBytes out) const {
    const auto leaf = leaves_.load(index);
    std::size_t i = leaf ? leaf->find(within / kPageSize) : 0;
    for (; leaf && i < leaf->size() && !out.empty(); ++i) {
      const DiskExtent extent = (*leaf)[i];
      const std::uint64_t begin = extent.page * kPageSize;
      if (begin > within) {
        const std::uint64_t gap =
            std::min<std::uint64_t>(begin - within, out.size());
        std::ranges::fill(out.first(gap), std::byte{0});
        within += gap;
        out = out.subspan(gap);
      }
      const std::uint64_t length = std::min<std::uint64_t>(
          out.size(), begin + extent.pages * kPageSize - within);
      read_extent(extent, within - begin, out.first(length));
      within += length;
      out = out.subspan(length);
    }
    std::ranges::fill(out, std::byte{0});
  }

  void read_extent(const DiskExtent& extent, std::uint64_t within,
                   MutableBytes out) const {
    if (out.empty()) return;
    const store::Chunk chunk = store_.get(extent.chunk);
    const std::uint64_t offset = extent.first * kPageSize + within;
    // Reads end with the disk, so that a short last page is never passed.
    if (offset > chunk->size() || out.size() > chunk->size() - offset) {
      throw Error(Errc::damaged,
                  fmt::format("disk map: the chunk in {} has {} bytes; {} from "
                              "{} on are mapped",
                              place_of(extent.chunk), chunk->size(), out.size(),
                              offset));
    }
    std::memcpy(out.data(), chunk->data() + offset, out.size());
  }

  store::Store& store_;
  std::uint64_t size_;
  std::uint64_t most_leaves_;  // that have data
  LeafCache<DiskLeafCodec> leaves_;
};

}  // namespace

EncodedLeaf encode_disk_leaf(const std::vector<DiskExtent>& extents) {
  return {encode_leaf<DiskLeafCodec>(extents), counts_of(extents)};
}

std::vector<DiskExtent> decode_disk_leaf(ByteView bytes) {
  return decode_leaf<DiskLeafCodec>(bytes);
}

block::SourcePtr open_disk(store::Store& store, const DiskMap& map) {
  return std::make_shared<DiskSource>(store, map);
}

std::uint64_t stored_size(store::Store& store, const DiskMap& map) {
  const TreeReader tree(store, map.root, map.size);
  // A bit per slot: a large disk has millions of chunks.
  std::map<pack::PackId, std::vector<bool>> counted;
  std::uint64_t bytes = 0;
  for (auto leaf = tree.next_leaf(0); leaf; leaf = tree.next_leaf(*leaf + 1)) {
    for (const DiskExtent& extent : decode_disk_leaf(*tree.leaf(*leaf))) {
      const auto [pack, slot, check] = extent.chunk;
      std::vector<bool>& slots = counted[pack];
      if (slot < slots.size() && slots[slot]) continue;
      bytes += store.stored_length(extent.chunk);
      if (slot >= slots.size()) slots.resize(std::size_t{slot} + 1);
      slots[slot] = true;
    }
  }
  return bytes;
}

}  // namespace platter::image
