// src/cli/server.cpp
#include "server.h"

#include <unistd.h>

#include <thread>

#include "image_sources.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/cli/version.h"
#include "platter/pack/storage.h"
#include "platter/service/watch.h"

namespace platter::cli {

namespace {

// The number of a group that is given by name or number. `where` says which
// setting gave it. Throws Errc::invalid for a name the host does not know.
gid_t group_number(const std::string& group, const std::string& where) {
  if (const auto number = access::group_id(group)) return *number;
  throw Error(Errc::invalid,
              where + " is \"" + group + "\"; this host has no such group");
}

access::Policy make_policy(const Config& config) {
  access::Policy policy;
  policy.owner = geteuid();
  const AccessConfig& access = config.access;
  if (!access.admin_group.empty()) {
    policy.admin_group = group_number(access.admin_group, "access.admin_group");
  }
  for (const auto& [project, group] : access.groups) {
    policy.project_groups[project] =
        group_number(group, "access.groups." + project);
  }
  policy.publicize = config.policy.publicize;
  policy.communitize = config.policy.communitize;
  policy.deactivate = config.policy.deactivate;
  policy.accept = config.policy.accept;
  policy.default_visibility = config.policy.default_visibility;
  // Only a host mount shows projects to their users.
  policy.auto_projects = config.mount.projects && config.projects.auto_projects;
  return policy;
}

service::Options service_options(const StoreFolder& folder,
                                 const ImagesConfig& config) {
  service::Options options;
  options.staging = folder.staging();
  options.hash_algorithm = config.hash;
  options.max_image_size = config.max_image_size;
  options.max_unpack_ratio = config.max_unpack_ratio;
  options.keep_original = config.keep_original;
  options.certificates = config.certificates;
  options.require_signature = config.require_signature;
  options.settle = config.settle;
  options.upload_ttl = config.upload_ttl;
  options.trash_ttl = config.trash_ttl;
  return options;
}

// What the mount's own folders show belongs to the project's group, so that
// the kernel's own check of modes lets its members in.
tree::Options tree_options(const StoreFolder& folder, const Config& config,
                           const access::Access& access) {
  tree::Options options;
  options.store = folder.path();
  options.project = folder.project();
  options.host = config.mount.projects;
  options.uid = geteuid();
  options.gid = access.group_of(folder.project()).value_or(getegid());
  options.listed = config.mount.formats;
  return options;
}

std::unique_ptr<store::Store> open_store(index::Index& index,
                                         const StoreFolder& folder,
                                         const StoreConfig& config) {
  store::Options options;
  options.cache_bytes = config.cache;
  options.compression_level = config.compression;
  return store::Store::open(index, pack::local_storage(folder.packs()),
                            options);
}

task::Limits task_limits(const TasksConfig& config) {
  task::Limits limits;
  limits.running = config.running;
  limits.running_of_project = config.of_project;
  limits.kept = config.keep;
  return limits;
}

transfer::FetchOptions fetch_options(const Config& config) {
  transfer::FetchOptions options;
  for (const std::string& host : config.import.allow) {
    options.rules.allow.push_back(transfer::HostPattern::parse(host));
  }
  for (const std::string& host : config.import.deny) {
    options.rules.deny.push_back(transfer::HostPattern::parse(host));
  }
  options.rules.ports = config.import.ports;
  options.rules.allow_private = config.import.allow_private;
  options.max_bytes = config.images.max_image_size;
  options.total_timeout = config.import.time_limit;
  options.ca_file = config.import.ca_file;
  options.proxy = config.import.proxy;
  return options;
}

}  // namespace

Server::Server(const StoreFolder& folder, const Config& config,
               const schema::Rules& rules)
    : lock_(folder.lock()),
      rules_(rules),
      index_(index::open(folder.index(),
                         {.cache_bytes = config.store.index_cache})),
      store_(open_store(*index_, folder, config.store)),
      workers_(std::thread::hardware_concurrency()),
      catalogue_(*index_, clock_),
      registry_(*index_, clock_, folder.project()),
      pointers_(*index_, catalogue_, clock_),
      media_groups_(*index_),
      access_(make_policy(config), registry_),
      audit_({folder.audit(), config.audit.rotate, config.audit.keep}, clock_),
      quotas_(catalogue_, registry_, config.quotas),
      ledger_(*index_, catalogue_),
      usage_(ledger_, registry_, clock_,
             {config.billing.rate, config.billing.currency}),
      uploads_({*store_, catalogue_, workers_, quotas_, clock_},
               service_options(folder, config.images)),
      images_({*store_, catalogue_, registry_, pointers_, media_groups_,
               uploads_, quotas_, audit_, access_, clock_, rules_},
              service_options(folder, config.images)),
      projects_({catalogue_, registry_, pointers_, media_groups_, quotas_,
                 audit_, access_}),
      tasks_(*index_, clock_, task_limits(config.tasks)),
      imports_({tasks_, catalogue_, uploads_, images_, access_},
               fetch_options(config),
               load_image_sources(config.import.sources)),
      captures_({tasks_, catalogue_, uploads_, access_}),
      purges_(tasks_, catalogue_, images_, clock_),
      tree_(
          {images_,    projects_, uploads_,  imports_,      captures_, purges_,
           tasks_,     journal_,  audit_,    quotas_,       usage_,    ledger_,
           catalogue_, registry_, pointers_, media_groups_, *store_,   access_,
           clock_,     figures_,  health_},
          tree_options(folder, config, access_)) {
  watch(folder, config);
  uploads_.recover();
  tasks_.add_kind(service::Imports::kName, imports_);
  tasks_.add_kind(service::Captures::kName, captures_);
  tasks_.add_kind(service::Purges::kName, purges_);
  tasks_.start();
}

void Server::watch(const StoreFolder& folder, const Config& config) {
  figures_.add([] {
    metrics::Family build =
        metrics::gauge("platter_build_info",
                       "The program that serves the mount; always 1.", 1);
    build.samples[0].labels = {{"version", std::string(version())}};
    return metrics::Families{std::move(build)};
  });
  const service::Watched watched{
      *store_,
      *index_,
      catalogue_,
      quotas_,
      tasks_,
      imports_,
      audit_,
      {folder.packs(), folder.index(), folder.staging(), folder.audit()},
      config.store.low_space};
  service::add_figures(figures_, watched);
  service::add_checks(health_, watched);
  figures_.add([this] { return metrics::families_of(health_.examine()); });
}

Server::~Server() {
  tasks_.stop();
  try {
    store_->seal();
  } catch (const std::exception& problem) {
    // The next mount recovers what is left open.
    log::warning("cannot seal the packs", {{"why", problem.what()}});
  }
}

}  // namespace platter::cli
