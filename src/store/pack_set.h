// src/store/pack_set.h
//
// All packs of a store as one place to append to and read from: which pack
// takes appends, when it is full, and which are kept open.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "open_packs.h"
#include "platter/index/index.h"
#include "platter/pack/pack.h"
#include "platter/pack/storage.h"
#include "platter/store/chunk_ref.h"

namespace platter::store {

// Thread-safe.
class PackSet {
 public:
  // Recovers and seals the packs that a crash left open; removes those that
  // hold nothing.
  PackSet(index::Index& index, std::unique_ptr<pack::Storage> storage,
          std::uint64_t pack_target);

  struct Appended {
    ChunkRef ref;
    // A pack was full, and is durable now.
    bool sealed_another = false;
  };
  // Throws Errc::no_space, Errc::io.
  Appended append(pack::Sealed chunk);

  // Throws Errc::damaged when the pack is lost, the frame is damaged, or it is
  // not the chunk that `ref` means.
  pack::Content read(const ChunkRef& ref);
  pack::FrameInfo info(const ChunkRef& ref);

  // Makes every append that returned before durable. After a failure the
  // kernel may have dropped what it could not write and would call a second
  // attempt a success; so every later sync() throws as well, Errc::io.
  void sync();
  // The pack that takes appends counts as full: the next sync() seals it.
  void retire_current();

  // The packs that may hold what is not durable. A pack that is not among
  // them never will be again.
  std::set<pack::PackId> unsealed_ids() const;

  std::uint64_t stored_bytes() const;
  std::uint64_t count() const;
  // Packs that could not be recovered.
  std::uint64_t lost() const;
  bool sync_failed() const;

 private:
  void adopt(pack::PackId id);
  PackPointer make_pack();
  bool has_room(const pack::Pack& pack, const pack::Sealed& chunk) const;
  // Seals a pack that takes no more appends. False when that failed; it stays
  // among full_ and sync() tries again.
  bool try_seal(const PackPointer& pack);
  void sync_or_fail(pack::Pack& pack);

  PackPointer opened(pack::PackId id);
  // current_ or one of full_; null when `id` is neither.
  PackPointer unsealed(pack::PackId id) const;

  index::Index& index_;
  const std::unique_ptr<pack::Storage> storage_;
  const std::uint64_t pack_target_;
  OpenPacks open_;

  mutable std::mutex append_mutex_;  // guards what follows
  PackPointer current_;              // takes appends; null before the first
  std::map<pack::PackId, PackPointer> full_;  // not yet sealed
  pack::PackId next_id_ = 1;
  std::uint64_t sealed_bytes_ = 0;  // of all packs but current_ and full_
  std::uint64_t count_ = 0;
  std::uint64_t lost_ = 0;
  bool sync_failed_ = false;
};

}  // namespace platter::store
