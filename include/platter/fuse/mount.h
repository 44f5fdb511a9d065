// include/platter/fuse/mount.h
//
// Serves a Tree as a mount of the host. The only room that knows a libfuse
// type or an errno.
#pragma once

#include <pthread.h>

#include <string>
#include <vector>

#include "platter/base/file.h"
#include "platter/metrics/figures.h"
#include "platter/metrics/health.h"
#include "platter/tree/tree.h"

struct fuse_session;

namespace platter::fuse {

struct Options {
  Path mountpoint;
  std::string source;  // what `mount` and df show: the store's path
  // For the kernel and libfuse, as after -o: "allow_other", "ro", "noatime".
  std::vector<std::string> mount_options;
  unsigned threads = 10;               // at most, serving requests
  std::uint64_t readahead = 4 * kMiB;  // bytes the kernel reads ahead
};

// Who is told what requests come to, and how background work goes.
struct Watchers {
  metrics::Figures& figures;
  metrics::Health& health;
};

// Keeps SIGTERM and SIGINT from every thread that starts from now on: they must
// reach the one that calls Mount::serve(), which waits for them. REQUIRES: no
// other thread runs yet.
void hold_stop_signals();

// One mount. Made, served and destroyed by one thread.
class Mount {
 public:
  // Mounts; from here on requests wait to be served. `tree` and the watchers
  // must outlive it. Throws Errc::not_found for a mountpoint that is not there,
  // Errc::busy when something is mounted there, Errc::denied with the mend when
  // the host does not allow it.
  Mount(tree::Tree& tree, Options options, Watchers watchers);
  // Unmounts, if that has not happened.
  ~Mount();

  // Serves until the mount is unmounted or the process gets SIGTERM or SIGINT.
  // True: unmounted from outside; false: told to stop. REQUIRES:
  // hold_stop_signals() was called by this thread.
  bool serve();

 private:
  struct State;
  void tick_until_stopped(pthread_t serving);

  std::unique_ptr<State> state_;
  fuse_session* session_ = nullptr;
  Options options_;
};

}  // namespace platter::fuse
