// src/store/known_chunks.h
//
// Where chunks of a hash may lie: the key space `chunks` of the index, and
// before it the chunks stored so recently that a power cut could still take
// them, which the index must not name yet. Only a hint: whoever uses an answer
// compares bytes.
#pragma once

#include <array>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "platter/base/digest.h"
#include "platter/index/index.h"
#include "platter/pack/pack.h"
#include "platter/store/chunk_ref.h"

namespace platter::store {

// Chunks are looked for among those of their kind: a guest's data must never
// stand in for a record, however equal its bytes.
struct ChunkKey {
  pack::Kind kind = pack::Kind::data;
  Hash128 hash;

  bool operator==(const ChunkKey&) const = default;
};

struct HashOfKey {
  std::size_t operator()(const ChunkKey& key) const noexcept {
    return key.hash.low ^ static_cast<std::size_t>(key.kind);
  }
};

// Thread-safe; two threads that work on one key at once may forget an answer.
class KnownChunks {
 public:
  // Chunks of one key that are remembered. Who constructs more collisions
  // than that makes duplicates, but does not make others compare them all.
  static constexpr std::size_t kMost = 8;

  using Entry = std::pair<ChunkKey, std::vector<ChunkRef>>;

  explicit KnownChunks(index::Index& index) : index_(index) {}

  // Candidates, the newest first.
  std::vector<ChunkRef> find(const ChunkKey& key) const;

  // From now on find() answers the first kMost of `refs`.
  void remember(const ChunkKey& key, std::vector<ChunkRef> refs);

  // What was remembered and not yet published.
  std::vector<Entry> recent() const;

  // Writes entries of recent() to the index, in one lazy batch. Throws
  // Errc::no_space, Errc::io: they then stay recent. REQUIRES: the packs they
  // name are durable.
  void publish(const std::vector<Entry>& entries);

 private:
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<ChunkKey, std::vector<ChunkRef>, HashOfKey> recent;
  };
  static constexpr std::size_t kShards = 16;

  Shard& shard(const ChunkKey& key) { return shards_[key.hash.high % kShards]; }
  const Shard& shard(const ChunkKey& key) const {
    return shards_[key.hash.high % kShards];
  }

  index::Index& index_;
  std::array<Shard, kShards> shards_;
  std::mutex publishing_;  // so that a newer answer is not overwritten
};

}  // namespace platter::store
