// src/fuse/mount.cpp
#include "platter/fuse/mount.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>

#include "lowlevel.h"
#include "operations.h"
#include "platter/base/error.h"
#include "platter/base/log.h"

namespace platter::fuse {

struct Mount::State {
  Server server;
  fuse_lowlevel_ops ops = operations();
};

namespace {

constexpr std::chrono::seconds kTick{1};

// libfuse's own list of arguments, freed at the end.
class Arguments {
 public:
  explicit Arguments(const Options& options) {
    add("platter");
    std::string list = "fsname=" + options.source + ",subtype=platter";
    for (const std::string& option : options.mount_options) {
      list += "," + option;
    }
    add("-o");
    add(list);
  }
  ~Arguments() { fuse_opt_free_args(&args_); }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  fuse_args* get() { return &args_; }

 private:
  void add(const std::string& argument) {
    if (fuse_opt_add_arg(&args_, argument.c_str()) != 0) throw std::bad_alloc();
  }

  fuse_args args_ = FUSE_ARGS_INIT(0, nullptr);
};

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// The kernel starts each FUSE mount with 128 KiB of readahead, too little to
// keep two cores decompressing; only root may raise it.
void raise_readahead(const Path& mountpoint, std::uint64_t bytes) {
  // Nobody may be serving any more, so nothing may be asked of the mount: what
  // the kernel itself knows is enough.
  struct statx status;
  if (statx(AT_FDCWD, mountpoint.c_str(), AT_STATX_DONT_SYNC, STATX_TYPE,
            &status) != 0) {
    return;
  }
  std::ofstream file("/sys/class/bdi/" + std::to_string(status.stx_dev_major) +
                     ":" + std::to_string(status.stx_dev_minor) +
                     "/read_ahead_kb");
  file << bytes / kKiB;
}

// What the kernel does not know it answers with an error, which is as good.
void tell(fuse_session* session, const tree::Stale& stale) {
  if (stale.name.empty()) {
    constexpr off_t kAttributesOnly = -1;
    fuse_lowlevel_notify_inval_inode(session, stale.node.value, kAttributesOnly,
                                     0);
  } else {
    fuse_lowlevel_notify_inval_entry(session, stale.node.value,
                                     stale.name.c_str(), stale.name.size());
  }
}

}  // namespace

void hold_stop_signals() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Mount::Mount(tree::Tree& tree, Options options, Watchers watchers)
    : state_(new State{.server = {tree, options.readahead}}),
      options_(std::move(options)) {
  const Server& server = state_->server;
  watchers.figures.add([counts = server.counts] { return counts->families(); });
  watchers.health.add("background", [background = server.background] {
    return background->check();
  });
  Arguments arguments(options_);
  session_ = fuse_session_new(arguments.get(), &state_->ops,
                              sizeof(state_->ops), &state_->server);
  if (session_ == nullptr) {
    throw Error(Errc::invalid,
                "libfuse does not take the mount options; see the lines above");
  }
  if (fuse_session_mount(session_, options_.mountpoint.c_str()) != 0) {
    fuse_session_destroy(session_);
    throw Error(Errc::io, "cannot mount on " + options_.mountpoint.string() +
                              "; see the lines above");
  }
}

Mount::~Mount() {
  fuse_session_unmount(session_);
  fuse_session_destroy(session_);
}

bool Mount::serve() {
  if (fuse_set_signal_handlers(session_) != 0) {
    throw Error(Errc::io, "cannot set the signal handlers");
  }
  std::thread ticker(
      [this, server = pthread_self()] { tick_until_stopped(server); });
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  fuse_loop_config* config = fuse_loop_cfg_create();
  fuse_loop_cfg_set_clone_fd(config, 1);
  fuse_loop_cfg_set_max_threads(config, options_.threads);
  fuse_loop_cfg_set_idle_threads(config, options_.threads);
  const int result = fuse_session_loop_mt(session_, config);
  fuse_loop_cfg_destroy(config);
  {
    const std::scoped_lock lock(state_->server.mutex);
    state_->server.ticking = false;
  }
  state_->server.wake.notify_one();
  ticker.join();
  fuse_remove_signal_handlers(session_);
  if (result < 0) {
    throw Error(Errc::io, "serving the mount failed with error " +
                              std::to_string(-result));
  }
  return result == 0;
}

void Mount::tick_until_stopped(pthread_t serving) {
  Server& server = state_->server;
  raise_readahead(options_.mountpoint, options_.readahead);
  auto next_tick = std::chrono::steady_clock::now();
  std::unique_lock lock(server.mutex);
  while (server.ticking) {
    server.wake.wait_until(lock, next_tick,
                           [&] { return server.poked || !server.ticking; });
    server.poked = false;
    lock.unlock();
    // A signal that comes right before libfuse waits for one is seen and
    // forgotten; another one wakes it.
    if (fuse_session_exited(session_)) pthread_kill(serving, SIGTERM);
    const auto now = std::chrono::steady_clock::now();
    const bool due = now >= next_tick;
    if (due) next_tick = now + kTick;
    try {
      if (due) server.background->run([&] { server.tree.tick(); });
      server.tree.tell_stale(
          [&](const tree::Stale& stale) { tell(session_, stale); });
    } catch (const std::exception& problem) {
      log::error("background work failed", {{"why", problem.what()}});
    }
    lock.lock();
  }
}

}  // namespace platter::fuse
