// src/format/block_cache.cpp
#include "block_cache.h"

#include <algorithm>

namespace platter::format {

BlockCache::BlockCache(std::size_t capacity)
    : slots_(std::max<std::size_t>(capacity, 1)) {}

BlockCache::Block BlockCache::get(std::uint64_t key,
                                  const std::function<Bytes()>& load) {
  if (Block found = find(key)) return found;
  auto block = std::make_shared<const Bytes>(load());
  keep(key, block);
  return block;
}

BlockCache::Block BlockCache::find(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  for (Slot& slot : slots_) {
    if (slot.block != nullptr && slot.key == key) {
      slot.last_use = ++uses_;
      return slot.block;
    }
  }
  return nullptr;
}

void BlockCache::keep(std::uint64_t key, const Block& block) {
  const std::lock_guard lock(mutex_);
  *std::ranges::min_element(slots_, {}, &Slot::last_use) = {key, block,
                                                            ++uses_};
}

}  // namespace platter::format
