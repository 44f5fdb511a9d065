// src/cli/init.cpp
#include <fmt/core.h>

#include "platter/cli/store_folder.h"
#include "platter/index/index.h"
#include "verbs.h"

namespace platter::cli {

void init_store(const Path& folder, const std::string& project) {
  const StoreFolder store =
      StoreFolder::prepare(folder, project, SystemClock().now());
  const File lock = store.lock();
  index::open(store.index());
  store.finish();
  fmt::print("created store {} (project \"{}\")\n", store.path().string(),
             project);
}

}  // namespace platter::cli
