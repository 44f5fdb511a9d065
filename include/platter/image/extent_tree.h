// include/platter/image/extent_tree.h
//
// A tree over a run of bytes whose nodes are chunks: leaves cover 64 MiB each,
// inner nodes have up to 1024 children. A node's bytes go into the store like
// any chunk, so one ChunkRef at the root names a whole disk, and two disks
// that share a subtree share its nodes. docs/format/disk-map.md has the bytes.
//
// What a leaf holds is its user's business: extents of a guest (DiskMap) or
// of an original file (FileMap).
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "platter/store/store.h"

namespace platter::image {

inline constexpr std::uint64_t kLeafSpan = 64 * kMiB;
inline constexpr std::uint64_t kFanOut = 1024;

// How much below a node is data, in the units that views need.
struct Counts {
  std::uint64_t clusters = 0;  // of 64 KiB
  std::uint64_t blocks_1mib = 0;
  std::uint64_t blocks_2mib = 0;

  Counts& operator+=(const Counts& other) noexcept;
  bool operator==(const Counts&) const = default;
};

// What a leaf's parent keeps beside it.
struct LeafCounts {
  std::uint16_t clusters = 0;   // of 64 KiB that hold data
  std::uint64_t mebibytes = 0;  // bit n: MiB n of the leaf holds data

  // As what the nodes further up add up.
  Counts sum() const noexcept;
  bool operator==(const LeafCounts&) const = default;
};

// Names a tree. An empty ref: no leaf at all (the run is one hole).
struct TreeRoot {
  store::ChunkRef ref;
  std::uint8_t height = 0;  // 0: the root is a leaf
  Counts counts;

  bool operator==(const TreeRoot&) const = default;
};

// Builds a tree from its leaves. For one thread.
class TreeBuilder {
 public:
  // `size`: bytes of the run the tree covers. `store` must outlive the
  // builder. Throws Errc::too_large past 64 PiB.
  TreeBuilder(store::Store& store, std::uint64_t size);

  // Leaf number `index` covers bytes from index * kLeafSpan. In any order;
  // leaves without data are left out. Throws Errc::invalid for a leaf past
  // the end, or a second time.
  void add_leaf(std::uint64_t index, const store::ChunkRef& leaf,
                const LeafCounts& counts);

  // Puts the inner nodes. REQUIRES: called once.
  TreeRoot finish();

 private:
  struct Child {
    store::ChunkRef ref;
    Counts counts;
    LeafCounts leaf;  // only of leaves
  };
  using Level = std::map<std::uint64_t, Child>;

  // Puts the inner node over these children.
  Child put_node(std::uint8_t height, Level::const_iterator begin,
                 Level::const_iterator end);

  store::Store& store_;
  std::uint64_t leaf_count_;
  Level level_;
};

// Finds leaves. Thread-safe.
class TreeReader {
 public:
  // Reads nothing. `store` must outlive the reader. Throws Errc::damaged when
  // no tree of that size has such a root.
  TreeReader(store::Store& store, const TreeRoot& root, std::uint64_t size);

  // The leaf's bytes; nullptr if it has none. Throws Errc::damaged.
  store::Chunk leaf(std::uint64_t index) const;
  // The first leaf with data at or after `index`; nullopt if there is none.
  // Reads inner nodes only, and of a hole none at all. Throws Errc::damaged.
  std::optional<std::uint64_t> next_leaf(std::uint64_t index) const;

  // Calls `visit` for what the parents of all leaves keep beside them, by
  // rising index. Reads each inner node once and no leaf. False when nothing
  // is kept: the root is a leaf, or the tree is of the time before. Throws
  // Errc::damaged.
  using LeafVisitor =
      std::function<void(std::uint64_t index, const LeafCounts& counts)>;
  bool for_each_leaf(const LeafVisitor& visit) const;

 private:
  struct Place {  // a node
    store::ChunkRef ref;
    std::uint8_t height;
    std::uint64_t first;  // number of the first leaf below it
  };

  // next_leaf() among the leaves below one node.
  std::optional<std::uint64_t> next_below(const Place& place,
                                          std::uint64_t index) const;
  // for_each_leaf() below one node.
  bool visit_below(const Place& place, const LeafVisitor& visit) const;

  store::Store& store_;
  TreeRoot root_;
  std::uint64_t leaf_count_;
};

}  // namespace platter::image
