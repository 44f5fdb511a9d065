// src/store/hash_locks.h
//
// A lock for each chunk key, so that a chunk put by two threads at once is
// stored once, and chunks that differ never wait for each other.
#pragma once

#include <array>
#include <condition_variable>
#include <mutex>
#include <unordered_set>

#include "known_chunks.h"

namespace platter::store {

// Thread-safe.
class HashLocks {
 public:
  class Guard {
   public:
    Guard(HashLocks& locks, const ChunkKey& key) : locks_(locks), key_(key) {
      locks_.lock(key_);
    }
    ~Guard() { locks_.unlock(key_); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    HashLocks& locks_;
    ChunkKey key_;
  };

 private:
  struct Shard {
    std::mutex mutex;
    std::condition_variable free;
    std::unordered_set<ChunkKey, HashOfKey> held;
  };

  void lock(const ChunkKey& key) {
    Shard& home = shard(key);
    std::unique_lock lock(home.mutex);
    home.free.wait(lock, [&] { return !home.held.contains(key); });
    home.held.insert(key);
  }
  void unlock(const ChunkKey& key) {
    Shard& home = shard(key);
    const std::lock_guard lock(home.mutex);
    home.held.erase(key);
    home.free.notify_all();
  }
  Shard& shard(const ChunkKey& key) {
    return shards_[key.hash.high % shards_.size()];
  }

  std::array<Shard, 16> shards_;
};

}  // namespace platter::store
