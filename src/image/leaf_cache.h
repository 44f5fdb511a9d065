// src/image/leaf_cache.h
//
// The leaves of one tree that were used last, open and checked, so that a
// read in the same stretch of a disk does not walk the tree again.
#pragma once

#include <array>
#include <mutex>
#include <optional>

#include "leaf.h"
#include "platter/image/extent_tree.h"

namespace platter::image {

// Thread-safe.
template <LeafCodec Codec>
class LeafCache {
 public:
  // `store` must outlive it.
  LeafCache(store::Store& store, const TreeRoot& root, std::uint64_t size)
      : tree_(store, root, size) {}

  // nullopt when the tree has no such leaf. Throws Errc::damaged.
  std::optional<Leaf<Codec>> load(std::uint64_t index) const {
    Slot& slot = slots_[index % slots_.size()];
    {
      const std::lock_guard lock(slot.mutex);
      if (slot.index == index) return slot.leaf;
    }
    const auto leaf = read(index);
    const std::lock_guard lock(slot.mutex);
    slot.index = index;
    slot.leaf = leaf;
    return leaf;
  }

  // See TreeReader.
  std::optional<std::uint64_t> next_leaf(std::uint64_t index) const {
    return tree_.next_leaf(index);
  }
  bool for_each_leaf(const TreeReader::LeafVisitor& visit) const {
    return tree_.for_each_leaf(visit);
  }

 private:
  struct Slot {
    std::mutex mutex;
    std::optional<std::uint64_t> index;
    std::optional<Leaf<Codec>> leaf;
  };

  std::optional<Leaf<Codec>> read(std::uint64_t index) const {
    const store::Chunk chunk = tree_.leaf(index);
    if (!chunk) return std::nullopt;
    try {
      return Leaf<Codec>(*chunk, chunk);
    } catch (const Error& error) {
      throw Error(error.code(),
                  fmt::format("leaf {}: {}", index, error.what()));
    }
  }

  TreeReader tree_;
  // Few: an open disk keeps these whatever the store's cache may do, and a
  // leaf is up to 416 KiB.
  mutable std::array<Slot, 4> slots_;
};

}  // namespace platter::image
