// include/platter/pack/storage.h
//
// Where packs lie. The embedded place is a local folder; object storage and
// the tests' forgetful disk stand behind the same interface.
#pragma once

#include <memory>
#include <vector>

#include "platter/base/bytes.h"
#include "platter/base/file.h"

namespace platter::pack {

// Names one pack of a store. Never reused, also not after the pack is gone.
using PackId = std::uint64_t;

// The bytes of one pack. Reads and writes of different ranges may run at
// once; sync() covers every write that returned before it was called.
class PackFile {
 public:
  virtual ~PackFile() = default;

  virtual std::uint64_t size() const = 0;
  // Fills all of `out`. Throws Errc::damaged when the file ends before, and
  // Errc::io.
  virtual void read(std::uint64_t offset, MutableBytes out) const = 0;
  // Throws Errc::no_space, Errc::io.
  virtual void write(std::uint64_t offset, ByteView bytes) = 0;
  virtual void resize(std::uint64_t size) = 0;
  virtual void sync() = 0;
};

// Thread-safe.
class Storage {
 public:
  virtual ~Storage() = default;

  // In rising order.
  virtual std::vector<PackId> list() const = 0;
  // Throws Errc::exists. Durable once create() returns.
  virtual std::unique_ptr<PackFile> create(PackId id) = 0;
  // Throws Errc::not_found.
  virtual std::unique_ptr<PackFile> open(PackId id) const = 0;
  virtual void remove(PackId id) = 0;
};

// Packs as files `<16 hex digits>.pack` of `folder`, made when missing.
std::unique_ptr<Storage> local_storage(const Path& folder);

}  // namespace platter::pack
