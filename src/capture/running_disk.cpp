// src/capture/running_disk.cpp
//
// qemu's backup job into a block node that leads to this process. The job
// copies what the guest is about to overwrite before it lets it, so what
// arrives is the disk at the moment of its start.
#include "platter/capture/running_disk.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "platter/base/amounts.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/capture/block_export.h"

namespace platter::capture {

using json::Json;

namespace {

// Jobs and nodes are named platter-<label>-<process>; qemu takes 31 bytes.
constexpr std::string_view kPrefix = "platter-";
constexpr std::size_t kLabelLength = 8;
// How long a file may keep a copy waiting, and with it the guest where it
// writes, and a job its end.
constexpr std::chrono::seconds kPatience{30};
// How long the job of a dead process may take to notice.
constexpr std::chrono::seconds kNotice{5};

std::string name_of(const RunningCopy& copy) {
  return std::string(kPrefix) + copy.label.substr(0, kLabelLength) + "-" +
         std::to_string(getpid());
}

// Whether it is a name of ours whose process is gone.
bool is_orphaned(const std::string& name) {
  if (!name.starts_with(kPrefix)) return false;
  const auto process = parse_number<pid_t>(name.substr(name.rfind('-') + 1));
  return process && kill(*process, 0) != 0 && errno == ESRCH;
}

Json jobs_of(Monitor& monitor) { return monitor.execute("query-jobs"); }

// Does what can be done still; the instance may have ended.
template <typename Act>
void try_to(const char* what, Act act) noexcept {
  try {
    act();
  } catch (const std::exception& problem) {
    log::debug(what, {{"failed", problem.what()}});
  }
}

// The block node that writes to an export; gone with this.
class TargetNode {
 public:
  TargetNode(Monitor& monitor, const std::string& name, BlockExport& target)
      : monitor_(monitor), name_(name) {
    monitor_.give_descriptor(name_, target.client());
    target.hand_over();
    monitor_.execute("blockdev-add",
                     {{"driver", "nbd"},
                      {"node-name", name_},
                      {"export", ""},
                      {"server", {{"type", "fd"}, {"str", name_}}}});
  }

  ~TargetNode() {
    if (present_) try_to("blockdev-del", [this] { remove(); });
  }
  TargetNode(const TargetNode&) = delete;
  TargetNode& operator=(const TargetNode&) = delete;

  void remove() {
    present_ = false;
    monitor_.execute("blockdev-del", {{"node-name", name_}});
  }

 private:
  Monitor& monitor_;
  std::string name_;
  bool present_ = true;
};

// The backup job; cancelled and gone with this, unless it came to its end.
class BackupJob {
 public:
  BackupJob(Monitor& monitor, const std::string& name)
      : monitor_(monitor), name_(name) {}

  ~BackupJob() {
    if (present_) try_to("cancel a job", [this] { cancel(); });
  }
  BackupJob(const BackupJob&) = delete;
  BackupJob& operator=(const BackupJob&) = delete;

  void start(const Disk& disk, std::uint64_t speed) {
    monitor_.execute("blockdev-backup", {{"job-id", name_},
                                         {"device", disk.node},
                                         {"target", name_},
                                         {"sync", "full"},
                                         {"speed", speed},
                                         {"auto-dismiss", false},
                                         {"on-source-error", "report"},
                                         {"on-target-error", "report"}});
    present_ = true;
  }

  // Its state; throws Errc::io when somebody took the job away.
  Json state() {
    for (const Json& job : jobs_of(monitor_)) {
      if (job.value("id", "") == name_) return job;
    }
    present_ = false;
    throw Error(Errc::io, "the copy was ended by somebody else");
  }

  // REQUIRES: it is concluded.
  void dismiss() {
    present_ = false;
    monitor_.execute("job-dismiss", {{"id", name_}});
  }

 private:
  void cancel() {
    if (state()["status"] != "concluded") {
      monitor_.execute("job-cancel", {{"id", name_}});
    }
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (state()["status"] != "concluded" &&
           std::chrono::steady_clock::now() < end) {
      monitor_.wait_for_event("JOB_STATUS_CHANGE", kWatchInterval);
    }
    dismiss();
  }

  Monitor& monitor_;
  std::string name_;
  bool present_ = false;
};

void check_going_on(BlockExport& target, const Watch& watch) {
  if (const auto problem = target.failure()) throw *problem;
  if (watch.cancelled()) {
    throw Error(Errc::io, "the capture was cancelled");
  }
  if (target.is_stuck(kPatience)) {
    // The guest waits for it, and is better off with an error.
    target.disconnect();
    throw Error(Errc::io, "the mount took no data for " +
                              show_duration(kPatience) +
                              "; the copy was given up for the guest's sake");
  }
}

// Until the job is concluded. Throws why it did not succeed.
void follow(Monitor& monitor, BackupJob& job, BlockExport& target,
            const Watch& watch) {
  for (;;) {
    const Json state = job.state();
    watch.progress(state.value("current-progress", std::uint64_t{0}),
                   state.value("total-progress", std::uint64_t{0}));
    if (state["status"] == "concluded") {
      const std::string problem = state.value("error", "");
      job.dismiss();
      if (problem.empty()) return;
      throw Error(Errc::io, "the instance could not copy its disk: " + problem);
    }
    check_going_on(target, watch);
    monitor.wait_for_event("JOB_STATUS_CHANGE", kWatchInterval);
  }
}

void start(BackupJob& job, const Disk& disk, const RunningCopy& copy) {
  Frozen frozen(copy.agent);
  job.start(disk, copy.speed);
  frozen.thaw();
}

void copy_to(Monitor& monitor, const Disk& disk, BlockExport& target,
             const RunningCopy& copy, const Watch& watch) {
  const std::string name = name_of(copy);
  TargetNode node(monitor, name, target);
  BackupJob job(monitor, name);
  start(job, disk, copy);
  follow(monitor, job, target, watch);
  node.remove();
}

// Whether a job of a dead process is about to notice that.
bool has_orphaned_job(Monitor& monitor) {
  for (const Json& job : jobs_of(monitor)) {
    if (is_orphaned(job.value("id", "")) && job["status"] != "concluded") {
      return true;
    }
  }
  return false;
}

}  // namespace

void copy_running_disk(Monitor& monitor, const Disk& disk, File& target,
                       const RunningCopy& copy, const Watch& watch) {
  BlockExport exported;
  exported.serve(target);
  try {
    copy_to(monitor, disk, exported, copy, watch);
  } catch (const Error&) {
    // The file knows better than the instance why it did not take something.
    if (const auto problem = exported.failure()) throw *problem;
    throw;
  }
  exported.finish();
}

void remove_leftovers(Monitor& monitor) {
  const auto end = std::chrono::steady_clock::now() + kNotice;
  while (has_orphaned_job(monitor) && std::chrono::steady_clock::now() < end) {
    monitor.wait_for_event("JOB_STATUS_CHANGE", kWatchInterval);
  }
  for (const Json& job : jobs_of(monitor)) {
    const std::string id = job.value("id", "");
    if (!is_orphaned(id) || job["status"] != "concluded") continue;
    try_to("job-dismiss", [&] {
      monitor.execute("job-dismiss", {{"id", id}});
    });
  }
  for (const Json& node :
       monitor.execute("query-named-block-nodes", {{"flat", true}})) {
    const std::string name = node.value("node-name", "");
    if (!is_orphaned(name)) continue;
    try_to("blockdev-del", [&] {
      monitor.execute("blockdev-del", {{"node-name", name}});
    });
  }
}

}  // namespace platter::capture
