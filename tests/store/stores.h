// tests/store/stores.h: a store on a forgetful disk, with its index in a
// folder, that can be closed, opened and cut from power.
#pragma once

#include "platter/index/index.h"
#include "platter/store/store.h"
#include "support/faulty_storage.h"
#include "support/folder.h"
#include "support/forgetful_storage.h"
#include "support/samples.h"

namespace platter::test {

class TestStore {
 public:
  explicit TestStore(store::Options options = {}) : options_(options) {
    open();
  }

  store::Store& operator*() { return *store_; }
  store::Store* operator->() { return store_.get(); }
  ForgetfulDisk& disk() { return disk_; }
  Faults& faults() { return *faults_; }
  index::Index& index() { return *index_; }

  // As a process that ends without a word. The index stays open: that it
  // survives is shown in its own tests, and opening it takes long.
  void close() { store_.reset(); }
  void open() {
    if (!index_) index_ = index::open(folder_.path() / "index");
    store_ = store::Store::open(
        *index_, std::make_unique<FaultyStorage>(disk_.storage(), faults_),
        options_);
  }
  void reopen() {
    close();
    open();
  }
  void reopen_with_index() {
    close();
    index_.reset();
    open();
  }
  void lose_index() {
    close();
    index_.reset();
    std::filesystem::remove_all(folder_.path() / "index");
    open();
  }

 private:
  TemporaryFolder folder_;
  store::Options options_;
  ForgetfulDisk disk_;
  std::shared_ptr<Faults> faults_ = std::make_shared<Faults>();
  std::unique_ptr<index::Index> index_;
  std::unique_ptr<store::Store> store_;
};

// Data chunks, which most tests put.
inline store::ChunkRef put(TestStore& store, ByteView plain) {
  return store->put(pack::Kind::data, plain);
}

}  // namespace platter::test
