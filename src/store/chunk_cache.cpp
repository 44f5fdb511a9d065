// src/store/chunk_cache.cpp
#include "chunk_cache.h"

#include <algorithm>

namespace platter::store {

namespace {

// Of an entry beside its bytes: list and map nodes, shared pointer.
constexpr std::uint64_t kOverhead = 256;
// A shard must hold many chunks, or its limit would be felt.
constexpr std::uint64_t kLeastShard = 4 * kMiB;
constexpr std::uint64_t kMostShards = 16;

std::uint64_t weight(const Chunk& chunk) {
  return chunk->capacity() + kOverhead;
}

}  // namespace

ChunkCache::ChunkCache(std::uint64_t limit)
    : shards_(std::clamp<std::uint64_t>(limit / kLeastShard, 1, kMostShards)),
      shard_limit_(limit / shards_.size()) {}

std::size_t ChunkCache::HashOfRef::operator()(
    const ChunkRef& ref) const noexcept {
  // The check is half of a good hash already; equal checks lie elsewhere.
  return ref.check ^ (ref.pack * 0x9e3779b97f4a7c15) ^ ref.slot;
}

ChunkCache::Shard& ChunkCache::shard(const ChunkRef& ref) {
  return shards_[(ref.slot + ref.pack) % shards_.size()];
}

const ChunkCache::Shard& ChunkCache::shard(const ChunkRef& ref) const {
  return shards_[(ref.slot + ref.pack) % shards_.size()];
}

Chunk ChunkCache::get(const ChunkRef& ref, const std::function<Bytes()>& load) {
  Shard& home = shard(ref);
  std::promise<Chunk> promise;
  std::shared_future<Chunk> others;
  {
    const std::lock_guard lock(home.mutex);
    const auto found = home.by_ref.find(ref);
    if (found != home.by_ref.end()) {
      ++hits_;
      home.entries.splice(home.entries.begin(), home.entries, found->second);
      return found->second->chunk;
    }
    ++misses_;
    const auto loading = home.loads.find(ref);
    if (loading != home.loads.end()) {
      others = loading->second;
    } else {
      home.loads.emplace(ref, promise.get_future().share());
    }
  }
  return others.valid() ? others.get() : load_into(home, ref, load, promise);
}

Chunk ChunkCache::load_into(Shard& home, const ChunkRef& ref,
                            const std::function<Bytes()>& load,
                            std::promise<Chunk>& promise) {
  try {
    const Chunk chunk = std::make_shared<const Bytes>(load());
    {
      const std::lock_guard lock(home.mutex);
      insert(home, ref, chunk);
      home.loads.erase(ref);
    }
    promise.set_value(chunk);
    return chunk;
  } catch (...) {
    {
      const std::lock_guard lock(home.mutex);
      home.loads.erase(ref);
    }
    promise.set_exception(std::current_exception());
    throw;
  }
}

void ChunkCache::insert(Shard& home, const ChunkRef& ref, const Chunk& chunk) {
  if (weight(chunk) > shard_limit_) return;
  // Room first, so that the limit holds at every moment.
  while (home.bytes + weight(chunk) > shard_limit_) {
    const Entry& oldest = home.entries.back();
    home.bytes -= weight(oldest.chunk);
    home.by_ref.erase(oldest.ref);
    home.entries.pop_back();
  }
  home.entries.push_front({ref, chunk});
  home.by_ref.emplace(ref, home.entries.begin());
  home.bytes += weight(chunk);
}

Chunk ChunkCache::peek(const ChunkRef& ref) const {
  const Shard& home = shard(ref);
  const std::lock_guard lock(home.mutex);
  const auto found = home.by_ref.find(ref);
  return found == home.by_ref.end() ? nullptr : found->second->chunk;
}

std::uint64_t ChunkCache::bytes() const {
  std::uint64_t total = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    total += shard.bytes;
  }
  return total;
}

}  // namespace platter::store
