// include/platter/image/disk_map.h
//
// A disk map says where each page of a disk lies: an ExtentTree whose leaves
// list runs of 4 KiB pages with the chunk that holds them. Pages of zeros are
// listed nowhere; they are holes.
#pragma once

#include <vector>

#include "platter/block/source.h"
#include "platter/image/extent_tree.h"

namespace platter::image {

// `pages` pages of the disk from `page` on, within one leaf, stored in the
// chunk from its page `first` on. The chunk's last page may be short, where
// the disk's end is.
struct DiskExtent {
  std::uint32_t page = 0;   // within the leaf: 0 to 16,383
  std::uint32_t pages = 0;  // never 0
  store::ChunkRef chunk;
  std::uint32_t first = 0;

  bool operator==(const DiskExtent&) const = default;
};

// Names a disk map.
struct DiskMap {
  std::uint64_t size = 0;  // bytes of the disk
  TreeRoot root;

  bool operator==(const DiskMap&) const = default;
};

// The bytes of a leaf, and what they count. REQUIRES: extents rise by page,
// lie within the leaf, do not overlap and are not empty.
struct EncodedLeaf {
  Bytes bytes;
  LeafCounts counts;
};
EncodedLeaf encode_disk_leaf(const std::vector<DiskExtent>& extents);
// Throws Errc::damaged when the bytes are no leaf of a disk map.
std::vector<DiskExtent> decode_disk_leaf(ByteView bytes);

// Bytes that the disk's distinct chunks take in their packs. Throws
// Errc::damaged.
std::uint64_t stored_size(store::Store& store, const DiskMap& map);

// The disk as a ByteSource. `store` must outlive it. Throws Errc::damaged when
// no disk of that size has such a root.
block::SourcePtr open_disk(store::Store& store, const DiskMap& map);

}  // namespace platter::image
