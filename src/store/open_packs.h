// src/store/open_packs.h
//
// The packs that are open for reading: the most recently used ones, so that
// descriptors and slot tables stay bounded however many packs there are.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "platter/pack/pack.h"

namespace platter::store {

using PackPointer = std::shared_ptr<pack::Pack>;

// Thread-safe.
class OpenPacks {
 public:
  // Null when it is not open.
  PackPointer find(pack::PackId id);
  // Keeps `pack` and lets the least recently used one go. Who still reads
  // from that one holds it until done.
  void keep(const PackPointer& pack);

 private:
  using Packs = std::list<PackPointer>;

  std::mutex mutex_;
  Packs packs_;  // the least recently used last
  std::unordered_map<pack::PackId, Packs::iterator> by_id_;
};

}  // namespace platter::store
