// tests/image/stores.h
//
// A store in a folder of its own, gone with it.
#pragma once

#include <memory>

#include "platter/store/store.h"
#include "support/folder.h"

namespace platter::test {

struct StoreInFolder {
  TemporaryFolder folder;
  std::unique_ptr<index::Index> index = index::open(folder.path() / "index");
  std::unique_ptr<store::Store> store =
      store::Store::open(*index, pack::local_storage(folder.path() / "packs"));
};

}  // namespace platter::test
