// tests/support/forgetful_storage.h
//
// A disk of packs in memory that loses power: what was not synced is then
// forgotten, kept or torn, write by write, as the seed says.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "platter/base/error.h"
#include "platter/pack/storage.h"
#include "support/disks.h"

namespace platter::test {

// Thread-safe, but for crash() and forget(), which nothing may run beside.
class ForgetfulDisk {
 public:
  // The power goes: of the writes that were not synced some are lost, some
  // survive, and of some only a few sectors do.
  void crash(Random& random) {
    settle([&](Change& change, Bytes& bytes) {
      const std::uint64_t fate = random.below(4);
      if (fate == 0) return;
      if (fate == 1) return tear(change, bytes, random);
      apply(change, bytes);
    });
  }
  // Every write that was not synced is lost.
  void forget() {
    settle([](Change&, Bytes&) {});
  }

  // The bytes of a pack, to be looked at or damaged.
  Bytes& bytes(pack::PackId id) { return files_.at(id)->now; }
  // A pack that was never synced with us: as if copied here.
  void place(pack::PackId id, Bytes bytes) {
    const auto file = std::make_shared<State>();
    file->durable = file->now = std::move(bytes);
    files_[id] = file;
  }

  std::unique_ptr<pack::Storage> storage() {
    return std::make_unique<Storage>(*this);
  }

 private:
  static constexpr std::uint64_t kSector = 512;

  struct Change {
    std::uint64_t offset = 0;  // of a write; the new size of a resize
    Bytes bytes;
    bool resize = false;
  };
  struct State {
    std::mutex mutex;
    Bytes durable;
    Bytes now;
    std::vector<Change> unsynced;
  };

  static void apply(const Change& change, Bytes& bytes) {
    if (change.resize) return bytes.resize(change.offset);
    const std::uint64_t end = change.offset + change.bytes.size();
    if (bytes.size() < end) bytes.resize(end);
    std::ranges::copy(change.bytes, bytes.begin() + to_signed(change.offset));
  }
  // Keeps about half of the sectors of a write.
  static void tear(const Change& change, Bytes& bytes, Random& random) {
    if (change.resize) return;
    for (std::uint64_t at = 0; at < change.bytes.size(); at += kSector) {
      if (random.below(2) == 0) continue;
      const auto from = change.bytes.begin() + to_signed(at);
      const auto length = std::min(kSector, change.bytes.size() - at);
      apply({change.offset + at, Bytes(from, from + to_signed(length))}, bytes);
    }
  }
  static std::ptrdiff_t to_signed(std::uint64_t value) {
    return static_cast<std::ptrdiff_t>(value);
  }

  template <typename Fate>
  void settle(Fate fate) {
    for (auto& [id, file] : files_) {
      for (Change& change : file->unsynced) fate(change, file->durable);
      file->unsynced.clear();
      file->now = file->durable;
    }
  }

  class PackFile final : public pack::PackFile {
   public:
    explicit PackFile(std::shared_ptr<State> state)
        : state_(std::move(state)) {}

    std::uint64_t size() const override {
      const std::lock_guard lock(state_->mutex);
      return state_->now.size();
    }
    void read(std::uint64_t offset, MutableBytes out) const override {
      const std::lock_guard lock(state_->mutex);
      if (offset + out.size() > state_->now.size()) {
        throw Error(Errc::damaged, "forgetful disk: read past the end");
      }
      std::copy_n(state_->now.begin() + to_signed(offset), out.size(),
                  out.begin());
    }
    void write(std::uint64_t offset, ByteView bytes) override {
      change({offset, to_bytes(bytes)});
    }
    void resize(std::uint64_t size) override { change({size, {}, true}); }
    void sync() override {
      const std::lock_guard lock(state_->mutex);
      state_->durable = state_->now;
      state_->unsynced.clear();
    }

   private:
    void change(Change change) {
      const std::lock_guard lock(state_->mutex);
      apply(change, state_->now);
      state_->unsynced.push_back(std::move(change));
    }

    std::shared_ptr<State> state_;
  };

  class Storage final : public pack::Storage {
   public:
    explicit Storage(ForgetfulDisk& disk) : disk_(disk) {}

    std::vector<pack::PackId> list() const override {
      const std::lock_guard lock(disk_.mutex_);
      std::vector<pack::PackId> ids;
      for (const auto& [id, file] : disk_.files_) ids.push_back(id);
      return ids;
    }
    std::unique_ptr<pack::PackFile> create(pack::PackId id) override {
      const std::lock_guard lock(disk_.mutex_);
      const auto [place, made] =
          disk_.files_.emplace(id, std::make_shared<State>());
      if (!made) throw Error(Errc::exists, "forgetful disk: pack exists");
      return std::make_unique<PackFile>(place->second);
    }
    std::unique_ptr<pack::PackFile> open(pack::PackId id) const override {
      const std::lock_guard lock(disk_.mutex_);
      const auto found = disk_.files_.find(id);
      if (found == disk_.files_.end()) {
        throw Error(Errc::not_found, "forgetful disk: no such pack");
      }
      return std::make_unique<PackFile>(found->second);
    }
    void remove(pack::PackId id) override {
      const std::lock_guard lock(disk_.mutex_);
      if (disk_.files_.erase(id) == 0) {
        throw Error(Errc::not_found, "forgetful disk: no such pack");
      }
    }

   private:
    ForgetfulDisk& disk_;
  };

  mutable std::mutex mutex_;
  std::map<pack::PackId, std::shared_ptr<State>> files_;
};

}  // namespace platter::test
