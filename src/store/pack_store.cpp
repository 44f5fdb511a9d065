// src/store/pack_store.cpp: the Store over packs: find duplicates, compare,
// append; and read through the cache.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>

#include "chunk_cache.h"
#include "hash_locks.h"
#include "known_chunks.h"
#include "pack_set.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/metrics/trouble.h"
#include "platter/store/store.h"
#include "rounds.h"

namespace platter::store {

namespace {

bool same_bytes(ByteView a, ByteView b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

class PackStore final : public Store {
 public:
  PackStore(index::Index& index, std::unique_ptr<pack::Storage> storage,
            const Options& options)
      : level_(options.compression_level),
        packs_(index, std::move(storage), options.pack_target),
        known_(index),
        cache_(options.cache_bytes) {}

  ChunkRef put(pack::Kind kind, ByteView plain) override;
  Chunk get(const ChunkRef& ref) override;
  void sync() override;
  void seal() override;
  std::uint64_t stored_length(const ChunkRef& ref) override;
  Stats stats() const override;

 private:
  // The one of `candidates` that holds `plain`. Takes those out of the list
  // that cannot be read.
  std::optional<ChunkRef> find_same(std::vector<ChunkRef>& candidates,
                                    ByteView plain);
  bool holds(const ChunkRef& ref, ByteView plain);
  // Runs `read`, and counts the damage that it finds.
  template <typename Read>
  auto counting_damage(Read read);
  // Lets the index name the chunks of packs that were sealed.
  void publish_sealed();

  const int level_;
  PackSet packs_;
  KnownChunks known_;
  ChunkCache cache_;
  HashLocks locks_;
  Rounds sync_rounds_;
  std::atomic<std::uint64_t> puts_ = 0;
  std::atomic<std::uint64_t> duplicates_ = 0;
  std::atomic<std::uint64_t> damaged_ = 0;
  metrics::Trouble appending_;
};

template <typename Read>
auto PackStore::counting_damage(Read read) {
  try {
    return read();
  } catch (const Error& error) {
    if (error.code() == Errc::damaged) ++damaged_;
    throw;
  }
}

ChunkRef PackStore::put(pack::Kind kind, ByteView plain) {
  ++puts_;
  const ChunkKey key{kind, hash128(plain)};
  PackSet::Appended appended;
  {
    const HashLocks::Guard guard(locks_, key);
    std::vector<ChunkRef> refs = known_.find(key);
    if (const auto same = find_same(refs, plain)) {
      ++duplicates_;
      return *same;
    }
    appended = appending_.watch([&] {
      return packs_.append(pack::encode_frame(kind, plain, key.hash, level_));
    });
    refs.insert(refs.begin(), appended.ref);
    known_.remember(key, std::move(refs));
  }
  if (appended.sealed_another) publish_sealed();
  return appended.ref;
}

std::optional<ChunkRef> PackStore::find_same(std::vector<ChunkRef>& candidates,
                                             ByteView plain) {
  for (auto ref = candidates.begin(); ref != candidates.end();) {
    try {
      if (holds(*ref, plain)) return *ref;
      ++ref;
    } catch (const Error& error) {
      // A chunk that is lost must not swallow a good copy of itself.
      log::warning("a stored chunk cannot be compared; it is stored anew",
                   {{"why", error.what()}});
      ref = candidates.erase(ref);
    }
  }
  return std::nullopt;
}

bool PackStore::holds(const ChunkRef& ref, ByteView plain) {
  // Past the cache when it is not there: an upload of what is known already
  // would otherwise push out what readers use.
  if (const Chunk cached = cache_.peek(ref)) return same_bytes(*cached, plain);
  return counting_damage(
      [&] { return same_bytes(packs_.read(ref).plain, plain); });
}

void PackStore::publish_sealed() {
  std::vector<KnownChunks::Entry> entries = known_.recent();
  const std::set<pack::PackId> unsealed = packs_.unsealed_ids();
  std::erase_if(entries, [&](const KnownChunks::Entry& entry) {
    return std::ranges::any_of(entry.second, [&](const ChunkRef& ref) {
      return unsealed.contains(ref.pack);
    });
  });
  try {
    known_.publish(entries);
  } catch (const Error& error) {
    // The chunk that filled the pack is stored all the same; sync() tries
    // again and reports it.
    log::warning("chunks not indexed yet", {{"why", error.what()}});
  }
}

Chunk PackStore::get(const ChunkRef& ref) {
  return cache_.get(ref, [&] {
    return counting_damage([&] { return std::move(packs_.read(ref).plain); });
  });
}

void PackStore::sync() {
  sync_rounds_.join([this] {
    // Packs before index: it must never name a chunk that a power cut can
    // take. What is remembered from here on waits for the next round.
    const auto entries = known_.recent();
    packs_.sync();
    if (!entries.empty()) known_.publish(entries);
  });
}

void PackStore::seal() {
  packs_.retire_current();
  sync();
}

std::uint64_t PackStore::stored_length(const ChunkRef& ref) {
  return counting_damage([&] { return packs_.info(ref).stored_length; });
}

Stats PackStore::stats() const {
  return {.stored_bytes = packs_.stored_bytes(),
          .packs = packs_.count(),
          .cache_bytes = cache_.bytes(),
          .lost_packs = packs_.lost(),
          .put_failed = appending_.now(),
          .sync_failed = packs_.sync_failed(),
          .damaged = damaged_,
          .puts = puts_,
          .duplicates = duplicates_,
          .cache_hits = cache_.hits(),
          .cache_misses = cache_.misses()};
}

}  // namespace

std::unique_ptr<Store> Store::open(index::Index& index,
                                   std::unique_ptr<pack::Storage> storage,
                                   const Options& options) {
  return std::make_unique<PackStore>(index, std::move(storage), options);
}

}  // namespace platter::store
