// src/cli/server.cpp
#include "server.h"

#include <grp.h>
#include <unistd.h>

#include <thread>

#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/pack/storage.h"
#include "values.h"

namespace platter::cli {

namespace {

// The number of a group that is given by name or number. `where` says which
// setting gave it. Throws Errc::invalid for a name the host does not know.
gid_t group_number(const std::string& group, const std::string& where) {
  if (const auto number = parse_number<gid_t>(group)) return *number;
  // No other thread runs while the server is built.
  if (const struct group* entry = getgrnam(group.c_str())) {
    return entry->gr_gid;
  }
  throw Error(Errc::invalid,
              where + " is \"" + group + "\"; this host has no such group");
}

access::Policy make_policy(const AccessConfig& config) {
  access::Policy policy;
  policy.owner = geteuid();
  if (!config.admin_group.empty()) {
    policy.admin_group = group_number(config.admin_group, "access.admin_group");
  }
  for (const auto& [project, group] : config.groups) {
    policy.project_groups[project] =
        group_number(group, "access.groups." + project);
  }
  return policy;
}

service::Options service_options(const StoreFolder& folder,
                                 const ImagesConfig& config) {
  service::Options options;
  options.project = folder.project();
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

// The group that owns what the mount shows: the project's, so that the
// kernel's own check of modes lets its members in.
gid_t shown_group(const std::string& project, const AccessConfig& config) {
  const auto found = config.groups.find(project);
  return found == config.groups.end()
             ? getegid()
             : group_number(found->second, "access.groups." + project);
}

tree::Options tree_options(const StoreFolder& folder, const Config& config) {
  tree::Options options;
  options.store = folder.path();
  options.uid = geteuid();
  options.gid = shown_group(folder.project(), config.access);
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
      access_(make_policy(config.access)),
      uploads_({*store_, catalogue_, workers_, clock_},
               service_options(folder, config.images)),
      images_({*store_, catalogue_, uploads_, access_, clock_, rules_},
              service_options(folder, config.images)),
      tree_({images_, uploads_, journal_, catalogue_, *store_, access_, clock_},
            tree_options(folder, config)) {
  uploads_.recover();
}

Server::~Server() {
  try {
    store_->seal();
  } catch (const std::exception& problem) {
    // The next mount recovers what is left open.
    log::warning("cannot seal the packs", {{"why", problem.what()}});
  }
}

}  // namespace platter::cli
