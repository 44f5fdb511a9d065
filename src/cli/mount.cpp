// src/cli/mount.cpp
#include "platter/fuse/mount.h"

#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "detach.h"
#include "mountpoint.h"
#include "notify.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/cli/store_folder.h"
#include "server.h"
#include "verbs.h"

namespace platter::cli {

namespace {

// Takes away what is left of mounts of ours whose daemon has died.
void clear_dead_mounts(const Path& mountpoint) {
  for (auto entry = mount_at(mountpoint);
       entry && entry->is_ours() && is_dead(mountpoint);
       entry = mount_at(mountpoint)) {
    remove_mount(mountpoint, /*lazy=*/true);
    fmt::print(stderr, "platter: {} was a dead mount of {}; it is cleared\n",
               mountpoint.string(), entry->source);
  }
}

void check_nothing_mounted(const Path& mountpoint) {
  const auto entry = mount_at(mountpoint);
  if (!entry) return;
  if (entry->is_ours()) {
    throw Error(
        Errc::busy,
        fmt::format("{} is mounted already and shows {}; `platter "
                    "unmount {}` ends that",
                    mountpoint.string(), entry->source, mountpoint.string()));
  }
  throw Error(Errc::forbidden,
              fmt::format("{} has a filesystem of type {} mounted on it; "
                          "choose another folder",
                          mountpoint.string(), entry->type));
}

void check_is_folder(const Path& mountpoint) {
  struct stat status;
  if (stat(mountpoint.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return;
    throw Error(Errc::invalid, mountpoint.string() + " is no folder");
  }
  if (errno != ENOENT) {
    throw system_error(errno, "look at " + mountpoint.string());
  }
  throw Error(Errc::not_found,
              fmt::format("there is no folder {} to mount on; `mkdir -p {}` "
                          "makes it",
                          mountpoint.string(), mountpoint.string()));
}

bool contains(const Path& folder, const Path& path) {
  return !path.lexically_relative(folder).string().starts_with("..");
}

// A store that its own mount covers, or one with a mount among its parts,
// could never be opened again.
void check_apart(const Path& store, const Path& mountpoint) {
  if (!contains(store, mountpoint) && !contains(mountpoint, store)) return;
  throw Error(Errc::invalid,
              fmt::format("store {} and mountpoint {} lie in each other; "
                          "choose a mountpoint elsewhere",
                          store.string(), mountpoint.string()));
}

// Everything belongs to root there, and users of all projects come in.
void check_may_host(const MountConfig& config) {
  if (!config.projects || geteuid() == 0) return;
  throw Error(Errc::denied,
              "a mount of all projects, -o projects, is made by root; without "
              "that option the mount shows the store's own project");
}

// Packs and uploads each keep a file open.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    log::warning("cannot open more files", {{"limit", limit.rlim_cur}});
  }
}

void configure_log(const StoreFolder& store, const MountRequest& request) {
  std::string file = request.config.log.file;
  if (file.empty() && !request.foreground) file = store.log().string();
  log::configure(request.config.log.level, file);
}

fuse::Options mount_options(const StoreFolder& store,
                            const MountRequest& request) {
  fuse::Options options;
  options.mountpoint = request.mountpoint;
  options.source =
      request.source.empty() ? store.path().string() : request.source;
  options.mount_options = request.kernel_options;
  if (request.config.mount.allow_other || request.config.mount.projects) {
    // The kernel asks nobody but the modes and groups that the tree shows;
    // what it remembers for one user must not answer another.
    options.mount_options.insert(options.mount_options.end(),
                                 {"allow_other", "default_permissions"});
  }
  options.threads = request.config.mount.threads;
  options.readahead = request.config.mount.readahead;
  return options;
}

// Serves until the mount ends. Calls `ready` when requests are answered, or
// wait to be.
void serve(const StoreFolder& store, const MountRequest& request,
           const std::function<void()>& ready) {
  configure_log(store, request);
  raise_file_limit();
  // A terminal that closes is no reason to stop serving.
  std::signal(SIGHUP, SIG_IGN);
  fuse::hold_stop_signals();
  Server server(store, request.config, request.rules);
  fuse::Mount mount(server.tree(), mount_options(store, request),
                    server.watchers());
  log::info("mounted", {{"store", store.path().string()},
                        {"mountpoint", request.mountpoint.string()}});
  ready();
  notify_manager("READY=1");
  const bool unmounted = mount.serve();
  notify_manager("STOPPING=1");
  log::info("stopping", {{"why", unmounted ? "unmounted" : "told to stop"}});
}

void check_answers(const Path& mountpoint) {
  struct stat status;
  if (stat(mountpoint.c_str(), &status) != 0) {
    throw system_error(errno, "look into the new mount " + mountpoint.string());
  }
}

}  // namespace

void mount_store(const MountRequest& call) {
  check_may_host(call.config.mount);
  const StoreFolder store = StoreFolder::open(call.store);
  MountRequest request = call;
  request.mountpoint = resolve(call.mountpoint);
  if (!request.config.log.file.empty()) {
    // The daemon works in another folder.
    request.config.log.file =
        std::filesystem::absolute(request.config.log.file).string();
  }
  clear_dead_mounts(request.mountpoint);
  check_nothing_mounted(request.mountpoint);
  check_is_folder(request.mountpoint);
  check_apart(store.path(), request.mountpoint);
  if (request.foreground) {
    serve(store, request, [] {});
    return;
  }
  serve_detached([&](const std::function<void()>& ready) {
    serve(store, request, ready);
  });
  check_answers(request.mountpoint);
  fmt::print("mounted {} (project \"{}\") at {}\n", store.path().string(),
             store.project(), request.mountpoint.string());
}

}  // namespace platter::cli
