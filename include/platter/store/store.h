// include/platter/store/store.h
//
// The store keeps each distinct chunk once. put() answers where a chunk lies,
// get() its bytes, checked. Nothing above it knows of packs, compression or
// hashes.
#pragma once

#include <memory>

#include "platter/index/index.h"
#include "platter/pack/storage.h"
#include "platter/store/chunk_ref.h"

namespace platter::store {

struct Options {
  std::uint64_t cache_bytes = 64 * kMiB;  // plain chunks kept in memory
  int compression_level = 1;              // zstd's
  std::uint64_t pack_target = pack::kPackTarget;
};

// The bytes of a chunk, shared with the cache.
using Chunk = std::shared_ptr<const Bytes>;

struct Stats {
  std::uint64_t stored_bytes = 0;  // of all packs
  std::uint64_t packs = 0;
  std::uint64_t cache_bytes = 0;
  std::uint64_t lost_packs = 0;  // whose chunks cannot be read
  // Whether the last chunk could not be written; whether the disk failed to
  // keep what was, after which no sync() succeeds.
  bool put_failed = false;
  bool sync_failed = false;
  // Since start.
  std::uint64_t damaged = 0;  // reads that found damage
  std::uint64_t puts = 0;
  std::uint64_t duplicates = 0;  // puts that were there already
  std::uint64_t cache_hits = 0;
  std::uint64_t cache_misses = 0;
};

// Thread-safe.
class Store {
 public:
  // Opens every pack of `storage`: packs that a crash left open are recovered
  // and sealed. `index` must outlive the store.
  static std::unique_ptr<Store> open(index::Index& index,
                                     std::unique_ptr<pack::Storage> storage,
                                     const Options& options = {});
  virtual ~Store() = default;

  // Where `plain` lies. A chunk with the same hash is believed to be the same
  // only after its bytes were compared; different bytes are kept beside it.
  // What put() stored can be read at once, but is durable only after sync().
  // Throws Errc::no_space, Errc::io. REQUIRES: 0 < plain.size() < 16 MiB.
  virtual ChunkRef put(pack::Kind kind, ByteView plain) = 0;

  // The chunk's bytes, from the cache or from its pack; several callers that
  // miss the same chunk load it once. Throws Errc::damaged, naming pack and
  // slot, when the bytes fail their check or are not there.
  virtual Chunk get(const ChunkRef& ref) = 0;

  // Makes every chunk whose put() returned before this call durable, then
  // lets the hash index name it. Throws Errc::no_space, Errc::io. Once the
  // disk failed to keep what was put, no later sync() succeeds either: the
  // store must be opened again.
  virtual void sync() = 0;

  // For a clean stop: a sync() after which open() has nothing to recover. The
  // store can still be used.
  virtual void seal() = 0;

  // Bytes a chunk takes in its pack. Throws Errc::damaged.
  virtual std::uint64_t stored_length(const ChunkRef& ref) = 0;

  virtual Stats stats() const = 0;
};

}  // namespace platter::store
