// src/cli/server.h
//
// A store being served: every object of every room, built from the ground up
// and taken down in the reverse order.
#pragma once

#include <memory>

#include "platter/access/access.h"
#include "platter/base/clock.h"
#include "platter/base/workers.h"
#include "platter/cli/config.h"
#include "platter/cli/store_folder.h"
#include "platter/fuse/mount.h"
#include "platter/image/catalogue.h"
#include "platter/image/media_groups.h"
#include "platter/image/pointers.h"
#include "platter/image/projects.h"
#include "platter/index/index.h"
#include "platter/schema/rules.h"
#include "platter/service/audit.h"
#include "platter/service/images.h"
#include "platter/service/imports.h"
#include "platter/service/journal.h"
#include "platter/service/projects.h"
#include "platter/service/quotas.h"
#include "platter/service/uploads.h"
#include "platter/store/store.h"
#include "platter/tree/tree.h"

namespace platter::cli {

class Server {
 public:
  // Claims the store, opens it and puts in order what its last run left.
  // Throws Errc::busy when another process has it.
  Server(const StoreFolder& folder, const Config& config,
         const schema::Rules& rules);
  ~Server();

  tree::Tree& tree() noexcept { return tree_; }
  fuse::Watchers watchers() noexcept { return {figures_, health_}; }

 private:
  void watch(const StoreFolder& folder, const Config& config);

  // The order is the rooms': each is made of those above it.
  File lock_;
  schema::Rules rules_;
  std::unique_ptr<index::Index> index_;
  std::unique_ptr<store::Store> store_;
  SystemClock clock_;
  Workers workers_;
  image::Catalogue catalogue_;
  image::Projects registry_;
  image::Pointers pointers_;
  image::MediaGroups media_groups_;
  access::Access access_;
  service::Journal journal_;
  service::Audit audit_;
  service::Quotas quotas_;
  image::Ledger ledger_;
  service::Usage usage_;
  service::Uploads uploads_;
  service::Images images_;
  service::Projects projects_;
  task::Tasks tasks_;
  service::Imports imports_;
  service::Captures captures_;
  service::Purges purges_;
  metrics::Figures figures_;
  metrics::Health health_;
  tree::Tree tree_;
};

}  // namespace platter::cli
