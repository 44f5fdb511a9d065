// tests/support/faulty_storage.h
//
// Passes everything through until a write or a sync is told to fail.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "platter/base/error.h"
#include "platter/pack/storage.h"

namespace platter::test {

// What will fail; shared by a test and the storage it handed away. A count of
// 1 means the next call, 0 never.
struct Faults {
  std::atomic<int> write_to_fail = 0;  // no_space, after half of the bytes
  std::atomic<int> sync_to_fail = 0;   // io
  // Runs after a sync that succeeded, before it returns.
  std::function<void()> after_sync = [] {};
};

class FaultyFile final : public pack::PackFile {
 public:
  FaultyFile(std::unique_ptr<pack::PackFile> inner,
             std::shared_ptr<Faults> faults)
      : inner_(std::move(inner)), faults_(std::move(faults)) {}

  std::uint64_t size() const override { return inner_->size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    inner_->read(offset, out);
  }
  void write(std::uint64_t offset, ByteView bytes) override {
    if (is_due(faults_->write_to_fail)) {
      inner_->write(offset, bytes.first(bytes.size() / 2));
      throw Error(Errc::no_space, "faulty storage: write");
    }
    inner_->write(offset, bytes);
  }
  void resize(std::uint64_t size) override { inner_->resize(size); }
  void sync() override {
    if (is_due(faults_->sync_to_fail)) {
      throw Error(Errc::io, "faulty storage: sync");
    }
    inner_->sync();
    faults_->after_sync();
  }

 private:
  static bool is_due(std::atomic<int>& count) {
    return count > 0 && --count == 0;
  }

  std::unique_ptr<pack::PackFile> inner_;
  std::shared_ptr<Faults> faults_;
};

class FaultyStorage final : public pack::Storage {
 public:
  FaultyStorage(std::unique_ptr<pack::Storage> inner,
                std::shared_ptr<Faults> faults)
      : inner_(std::move(inner)), faults_(std::move(faults)) {}

  std::vector<pack::PackId> list() const override { return inner_->list(); }
  std::unique_ptr<pack::PackFile> create(pack::PackId id) override {
    return std::make_unique<FaultyFile>(inner_->create(id), faults_);
  }
  std::unique_ptr<pack::PackFile> open(pack::PackId id) const override {
    return std::make_unique<FaultyFile>(inner_->open(id), faults_);
  }
  void remove(pack::PackId id) override { inner_->remove(id); }

 private:
  std::unique_ptr<pack::Storage> inner_;
  std::shared_ptr<Faults> faults_;
};

}  // namespace platter::test
