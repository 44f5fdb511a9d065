// src/image/disk_leaf.h
//
// The leaf of a disk map: runs of pages and the chunks that hold them.
#pragma once

#include "leaf.h"
#include "platter/base/integers.h"
#include "platter/image/disk_map.h"

namespace platter::image {

struct DiskLeafCodec {
  using Entry = DiskExtent;
  static constexpr const NodeKind& kKind = kDiskLeaf;
  static constexpr std::uint64_t kSpan = kLeafSpan / kPageSize;
  // Pages of the largest chunk that a store takes.
  static constexpr std::uint64_t kChunkPages = 16 * kMiB / kPageSize;

  static Entry decode(ByteView bytes) {
    return {load_le<std::uint16_t>(bytes, 0), load_le<std::uint16_t>(bytes, 2),
            store::ChunkRef::decode(bytes.subspan(4)),
            load_le<std::uint16_t>(bytes, 24)};
  }
  static void encode(const Entry& extent, MutableBytes out) {
    store_le(out, 0, static_cast<std::uint16_t>(extent.page));
    store_le(out, 2, static_cast<std::uint16_t>(extent.pages));
    extent.chunk.encode(out.subspan(4));
    store_le(out, 24, static_cast<std::uint16_t>(extent.first));
  }
  static std::uint64_t begin(const Entry& extent) { return extent.page; }
  static std::uint64_t end(const Entry& extent) {
    return std::uint64_t{extent.page} + extent.pages;
  }
  static bool plausible(const Entry& extent) {
    return extent.pages > 0 && extent.chunk &&
           std::uint64_t{extent.first} + extent.pages <= kChunkPages;
  }
};

using DiskLeaf = Leaf<DiskLeafCodec>;

}  // namespace platter::image
