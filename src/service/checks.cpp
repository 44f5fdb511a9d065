// src/service/checks.cpp: what can be wrong with a store that still serves.
// The messages are everybody's: they name no project and tell no exact sizes,
// by which one could tell what others store.
#include <fmt/core.h>
#include <sys/statvfs.h>

#include <cerrno>

#include "platter/base/amounts.h"
#include "platter/base/error.h"
#include "platter/metrics/process.h"
#include "platter/service/watch.h"

namespace platter::service {

namespace {

using metrics::State;
using metrics::Verdict;

// Below it the index and the packs may fail at any write.
constexpr std::uint64_t kLeastSpace = 16 * kMiB;

Verdict check_folder(const Path& folder, std::uint64_t low_space) {
  struct statvfs system;
  if (statvfs(folder.c_str(), &system) != 0) {
    throw system_error(errno, "look at " + folder.string());
  }
  const std::string name = folder.filename().string() + "/";
  if ((system.f_flag & ST_RDONLY) != 0) {
    return {State::failing, "the file system of the store's " + name +
                                " is read-only; see what the kernel says of "
                                "its disk (dmesg), and mount it again"};
  }
  const std::uint64_t free = system.f_bavail * system.f_frsize;
  if (free < kLeastSpace) {
    return {State::failing, "there is no room left for the store's " + name +
                                "; make some, or uploads are refused"};
  }
  if (free < low_space) {
    return {State::degraded,
            fmt::format("less than {} is left for the store's {}; make room, "
                        "or set low_space",
                        show_size(low_space), name)};
  }
  return {State::ok, "there is room"};
}

// The worst of all folders.
Verdict check_space(const Watched& watched) {
  Verdict worst{State::ok, "there is room"};
  for (const Path& folder : watched.folders) {
    Verdict verdict = check_folder(folder, watched.low_space);
    if (verdict.state > worst.state) worst = std::move(verdict);
  }
  return worst;
}

Verdict check_writes(const Watched& watched) {
  const store::Stats stats = watched.store.stats();
  if (stats.sync_failed) {
    return {State::failing,
            "the disk failed to keep what was written, so no upload is taken "
            "any more; check the disk, then unmount and mount again"};
  }
  if (stats.put_failed) {
    return {State::failing,
            "the last chunk could not be written to packs/; the log says why, "
            "and the next upload tries again"};
  }
  if (!watched.index.takes_writes()) {
    return {State::failing,
            "the index could not be written; look at the disk of index/, then "
            "unmount and mount again"};
  }
  return {State::ok, "packs and index take writes"};
}

Verdict check_damage(const Watched& watched) {
  const store::Stats stats = watched.store.stats();
  if (stats.lost_packs > 0) {
    return {State::degraded,
            fmt::format("{} of the packs cannot be read; the log names them: "
                        "check the disk, and restore them from a backup",
                        stats.lost_packs)};
  }
  if (stats.damaged > 0) {
    return {State::degraded,
            fmt::format("{} reads since the start found stored data damaged; "
                        "the log names packs: check the disk, restore them "
                        "from a backup, or upload the images again",
                        stats.damaged)};
  }
  return {State::ok, "no read since the start found damage"};
}

Verdict check_audit(const Watched& watched) {
  if (watched.audit.works()) return {State::ok, "acts are written down"};
  return {State::degraded,
          "the audit trail cannot be written, and acts are missing in it; the "
          "log says why: see to the store's audit/"};
}

Verdict check_tasks(const Watched& watched) {
  if (!watched.tasks.store_failed()) {
    return {State::ok, "no task failed for the store's sake of late"};
  }
  return {State::degraded,
          "the last task failed because the store could not be read or "
          "written; when the other checks are well, try it again: platter "
          "tasks retry"};
}

// Packs and uploads each keep a file open.
Verdict check_files(const Watched&) {
  const metrics::Process process = metrics::this_process();
  if (process.open_files * 10 < process.most_open_files * 9) {
    return {State::ok, "more files can be opened"};
  }
  return {State::degraded,
          fmt::format("{} of at most {} files are open; raise the limit "
                      "(LimitNOFILE in the unit, ulimit -n), then mount again",
                      process.open_files, process.most_open_files)};
}

}  // namespace

void add_checks(metrics::Health& health, const Watched& watched) {
  const std::pair<const char*, Verdict (*)(const Watched&)> checks[] = {
      {"space", check_space},   {"writes", check_writes},
      {"damage", check_damage}, {"audit", check_audit},
      {"tasks", check_tasks},   {"files", check_files},
  };
  for (const auto& [name, check] : checks) {
    health.add(name, [check = check, watched] { return check(watched); });
  }
}

}  // namespace platter::service
