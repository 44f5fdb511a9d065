// src/store/open_packs.cpp
#include "open_packs.h"

namespace platter::store {

namespace {
// Well below the usual limit of 1,024 descriptors a process; with full slot
// tables (see kSlotTarget) 64 MiB of memory.
constexpr std::size_t kOpenPacks = 128;
}  // namespace

PackPointer OpenPacks::find(pack::PackId id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  packs_.splice(packs_.begin(), packs_, found->second);
  return packs_.front();
}

void OpenPacks::keep(const PackPointer& pack) {
  PackPointer dropped;  // closed after the lock is gone
  const std::lock_guard lock(mutex_);
  if (by_id_.contains(pack->id())) return;
  packs_.push_front(pack);
  by_id_.emplace(pack->id(), packs_.begin());
  if (packs_.size() <= kOpenPacks) return;
  dropped = std::move(packs_.back());
  packs_.pop_back();
  by_id_.erase(dropped->id());
}

}  // namespace platter::store
