// include/platter/service/watch.h
//
// What operators watch: the figures of a store, and whether it is well. Each is
// found out when it is asked for. docs/metrics.md lists them.
#pragma once

#include <vector>

#include "platter/image/catalogue.h"
#include "platter/metrics/figures.h"
#include "platter/metrics/health.h"
#include "platter/service/audit.h"
#include "platter/service/imports.h"
#include "platter/service/quotas.h"
#include "platter/store/store.h"
#include "platter/task/tasks.h"

namespace platter::service {

struct Watched {
  const store::Store& store;
  const index::Index& index;
  const image::Catalogue& catalogue;
  const Quotas& quotas;
  const task::Tasks& tasks;
  const Imports& imports;
  const Audit& audit;
  // Where the store writes; they may lie on several file systems.
  std::vector<Path> folders;
  // Bytes: less room is worth a word.
  std::uint64_t low_space = kGiB;
};

// What is watched must outlive both.
void add_figures(metrics::Figures& figures, const Watched& watched);
void add_checks(metrics::Health& health, const Watched& watched);

}  // namespace platter::service
