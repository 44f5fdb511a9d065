// tests/image/sample_disk_map.h
//
// Puts bytes into a store as a disk map, cut into chunks of random lengths: a
// plain stand-in for what ingest does.
#pragma once

#include <algorithm>

#include "platter/image/disk_map.h"
#include "support/disks.h"

namespace platter::test {

// The extents of one leaf, each page of data in a chunk of 1 to 8 pages.
inline std::vector<image::DiskExtent> put_pages(store::Store& store,
                                                ByteView leaf, Random& random) {
  const auto page = [&](std::uint64_t number) {
    const std::uint64_t at = number * kPageSize;
    return leaf.subspan(at,
                        std::min<std::uint64_t>(kPageSize, leaf.size() - at));
  };
  std::vector<image::DiskExtent> extents;
  const std::uint64_t pages = divide_up(leaf.size(), kPageSize);
  for (std::uint64_t first = 0; first < pages;) {
    const std::uint64_t longest = std::min(pages, first + 1 + random.below(8));
    std::uint64_t end = first;
    while (end < longest && !all_zero(page(end))) ++end;
    if (end == first) {
      ++first;
      continue;
    }
    const ByteView chunk =
        leaf.subspan(first * kPageSize,
                     std::min<std::uint64_t>(leaf.size(), end * kPageSize) -
                         first * kPageSize);
    // Sometimes only the end of a longer chunk is used.
    const auto skipped = static_cast<std::uint32_t>(random.below(3));
    Bytes stored = random_bytes(skipped * kPageSize, random.next());
    stored.insert(stored.end(), chunk.begin(), chunk.end());
    extents.push_back({static_cast<std::uint32_t>(first),
                       static_cast<std::uint32_t>(end - first),
                       store.put(pack::Kind::data, stored), skipped});
    first = end;
  }
  return extents;
}

inline image::DiskMap put_disk(store::Store& store, ByteView disk,
                               std::uint64_t seed) {
  Random random(seed);
  image::TreeBuilder tree(store, disk.size());
  for (std::uint64_t at = 0; at < disk.size(); at += image::kLeafSpan) {
    const ByteView bytes = disk.subspan(
        at, std::min<std::uint64_t>(image::kLeafSpan, disk.size() - at));
    const auto extents = put_pages(store, bytes, random);
    if (extents.empty()) continue;
    const auto leaf = image::encode_disk_leaf(extents);
    tree.add_leaf(at / image::kLeafSpan,
                  store.put(pack::Kind::node, leaf.bytes), leaf.counts);
  }
  return {disk.size(), tree.finish()};
}

}  // namespace platter::test
