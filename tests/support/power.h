// tests/support/power.h
//
// Power that goes off in the middle of things: after so many writes and syncs
// of packs and index, each later one fails, and nobody knows of the last one
// whether it was done.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "platter/index/index.h"
#include "platter/pack/storage.h"
#include "support/disks.h"

namespace platter::test {

// Thread-safe.
class Power {
 public:
  explicit Power(std::uint64_t seed) : random_(seed) {}

  // On for `uses` more.
  void turn_on(std::int64_t uses) {
    const std::lock_guard lock(mutex_);
    left_ = uses;
  }
  bool is_off() const {
    const std::lock_guard lock(mutex_);
    return left_ <= 0;
  }

  // Calls `act`, unless the power is off.
  template <typename Act>
  void use(Act act) {
    bool done = true;
    bool last = false;
    {
      const std::lock_guard lock(mutex_);
      done = --left_ > 0;
      last = left_ == 0 && random_.below(2) == 0;
    }
    if (done || last) act();
    if (!done) throw Error(Errc::io, "the power is off");
  }

 private:
  mutable std::mutex mutex_;
  Random random_;
  std::int64_t left_ = 0;
};

class PoweredFile final : public pack::PackFile {
 public:
  PoweredFile(std::unique_ptr<pack::PackFile> inner, Power& power)
      : inner_(std::move(inner)), power_(power) {}

  std::uint64_t size() const override { return inner_->size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    inner_->read(offset, out);
  }
  void write(std::uint64_t offset, ByteView bytes) override {
    power_.use([&] { inner_->write(offset, bytes); });
  }
  void resize(std::uint64_t size) override {
    power_.use([&] { inner_->resize(size); });
  }
  void sync() override {
    power_.use([&] { inner_->sync(); });
  }

 private:
  std::unique_ptr<pack::PackFile> inner_;
  Power& power_;
};

class PoweredStorage final : public pack::Storage {
 public:
  PoweredStorage(std::unique_ptr<pack::Storage> inner, Power& power)
      : inner_(std::move(inner)), power_(power) {}

  std::vector<pack::PackId> list() const override { return inner_->list(); }
  std::unique_ptr<pack::PackFile> create(pack::PackId id) override {
    std::unique_ptr<pack::PackFile> made;
    power_.use([&] { made = inner_->create(id); });
    return std::make_unique<PoweredFile>(std::move(made), power_);
  }
  std::unique_ptr<pack::PackFile> open(pack::PackId id) const override {
    return std::make_unique<PoweredFile>(inner_->open(id), power_);
  }
  void remove(pack::PackId id) override {
    power_.use([&] { inner_->remove(id); });
  }

 private:
  std::unique_ptr<pack::Storage> inner_;
  Power& power_;
};

class PoweredIndex final : public index::Index {
 public:
  PoweredIndex(index::Index& inner, Power& power)
      : inner_(inner), power_(power) {}

  std::optional<std::string> get(index::KeySpace space,
                                 std::string_view key) const override {
    return inner_.get(space, key);
  }
  std::vector<std::optional<std::string>> get_many(
      index::KeySpace space,
      const std::vector<std::string>& keys) const override {
    return inner_.get_many(space, keys);
  }
  void scan(index::KeySpace space, std::string_view prefix,
            std::string_view after,
            const std::function<bool(std::string_view, std::string_view)>&
                visit) const override {
    inner_.scan(space, prefix, after, visit);
  }
  void write(const index::Batch& batch, index::Durability durability) override {
    power_.use([&] { inner_.write(batch, durability); });
  }
  std::uint64_t stored_bytes() const override { return inner_.stored_bytes(); }
  bool takes_writes() const override { return inner_.takes_writes(); }

 private:
  index::Index& inner_;
  Power& power_;
};

}  // namespace platter::test
