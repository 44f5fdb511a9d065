// src/store/chunk_cache.h
//
// Plain chunks in memory, the most recently used ones, within a hard limit of
// bytes. A chunk that several readers miss at once is loaded once.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <list>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "platter/store/store.h"

namespace platter::store {

// Thread-safe.
class ChunkCache {
 public:
  explicit ChunkCache(std::uint64_t limit);

  // The chunk, loaded by `load` when it is not there. Whoever waits for
  // another's load gets its result, or throws what it threw; failures are not
  // kept. `load` must not call the cache.
  Chunk get(const ChunkRef& ref, const std::function<Bytes()>& load);
  // Null when it is not there. Changes nothing.
  Chunk peek(const ChunkRef& ref) const;

  std::uint64_t bytes() const;
  std::uint64_t hits() const noexcept { return hits_; }
  std::uint64_t misses() const noexcept { return misses_; }

 private:
  struct HashOfRef {
    std::size_t operator()(const ChunkRef& ref) const noexcept;
  };
  struct Entry {
    ChunkRef ref;
    Chunk chunk;
  };
  using Entries = std::list<Entry>;
  struct Shard {
    mutable std::mutex mutex;
    Entries entries;  // the least recently used last
    std::unordered_map<ChunkRef, Entries::iterator, HashOfRef> by_ref;
    std::unordered_map<ChunkRef, std::shared_future<Chunk>, HashOfRef> loads;
    std::uint64_t bytes = 0;
  };

  Shard& shard(const ChunkRef& ref);
  const Shard& shard(const ChunkRef& ref) const;
  Chunk load_into(Shard& home, const ChunkRef& ref,
                  const std::function<Bytes()>& load,
                  std::promise<Chunk>& promise);
  // REQUIRES: home.mutex is held.
  void insert(Shard& home, const ChunkRef& ref, const Chunk& chunk);

  std::vector<Shard> shards_;
  std::uint64_t shard_limit_;  // bytes
  std::atomic<std::uint64_t> hits_ = 0;
  std::atomic<std::uint64_t> misses_ = 0;
};

}  // namespace platter::store
