// src/format/block_cache.h
//
// The few blocks that were read last: tables of a disk file, or clusters that
// had to be decompressed.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "platter/base/bytes.h"

namespace platter::format {

// Thread-safe. Two threads that miss the same block both load it.
class BlockCache {
 public:
  using Block = std::shared_ptr<const Bytes>;

  // Keeps `capacity` blocks, at least one; meant for some dozens.
  explicit BlockCache(std::size_t capacity);

  // The block `key`, by `load` if it is not here. Throws what `load` throws.
  Block get(std::uint64_t key, const std::function<Bytes()>& load);

 private:
  struct Slot {
    std::uint64_t key = 0;
    Block block;
    std::uint64_t last_use = 0;
  };

  Block find(std::uint64_t key);
  void keep(std::uint64_t key, const Block& block);

  std::mutex mutex_;
  std::vector<Slot> slots_;
  std::uint64_t uses_ = 0;
};

}  // namespace platter::format
