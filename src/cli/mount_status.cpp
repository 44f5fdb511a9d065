#include "mount_status.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <fstream>
#include <iterator>

#include "activity.h"
#include "attribute.h"
#include "platter/base/error.h"
#include "values.h"
#include "within.h"

namespace platter::cli {

using json::Json;

namespace {

// A mount that is busy answers in time, too.
constexpr std::chrono::seconds kPatience{5};
// To count images takes as long as listing them.
constexpr std::chrono::seconds kPatienceToCount{30};

// null for who may not look into the folder.
Json count_images(const Path& folder) {
  std::map<std::string, std::uint64_t> by_status;
  std::uint64_t images = 0;
  std::uint64_t bytes = 0;
  std::error_code problem;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder, problem)) {
    const std::string status = read_attribute(entry.path(), "user.status");
    if (status.empty()) continue;
    ++images;
    ++by_status[status];
    bytes +=
        parse_number<std::uint64_t>(read_attribute(entry.path(), "user.size"))
            .value_or(0);
  }
  if (problem == std::errc::permission_denied) return nullptr;
  if (problem) throw system_error(problem.value(), "list " + folder.string());
  return {{"count", images}, {"bytes", bytes}, {"by_status", by_status}};
}

// Bytes that the files of a folder take on disk.
std::uint64_t allocated_in(const Path& folder) {
  std::uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder, ignored)) {
    struct stat status;
    if (stat(entry.path().c_str(), &status) == 0) {
      bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
    }
  }
  return bytes;
}

std::uint64_t free_bytes(const Path& mount) {
  struct statvfs usage;
  if (statvfs(mount.c_str(), &usage) != 0) {
    throw system_error(errno, "look at " + mount.string());
  }
  return usage.f_bavail * usage.f_frsize;
}

// What info/health says; null for an older daemon, which has none.
Json health_of(const Path& mount) {
  std::ifstream file(mount / "info" / "health");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return text.empty() ? Json() : json::parse_object(text, "info/health");
}

Json seconds_below(const metrics::Durations& durations, double share) {
  const auto bound = bound_of(durations, share);
  if (!bound) return nullptr;
  return std::chrono::duration<double>(*bound).count();
}

// null for who may not know.
Json activity_of(const Path& mount) {
  const auto activity = measure_activity(mount);
  if (!activity) return nullptr;
  return {{"requests_per_second", activity->requests},
          {"read_bytes_per_second", activity->read_bytes},
          {"written_bytes_per_second", activity->written_bytes},
          {"half_within_seconds", seconds_below(activity->durations, 0.5)},
          {"most_within_seconds", seconds_below(activity->durations, 0.99)}};
}

// Users of a mount need not be able to look into its store.
void add_store(Json& status, const Path& folder) {
  try {
    const StoreFolder store = StoreFolder::open(folder);
    status["project"] = store.project();
    status["created"] = store.created();
    status["stored_bytes"] = allocated_in(store.packs());
  } catch (const Error& problem) {
    status["store_problem"] = problem.what();
  }
}

void add_condition(Json& status, const MountEntry& entry) {
  add_store(status, entry.source);
  status["free_bytes"] = free_bytes(entry.target);
  status["health"] = health_of(entry.target);
  status["activity"] = activity_of(entry.target);
}

void add_images(Json& status, const MountEntry& entry) {
  status["images"] = count_images(entry.target / "images");
  status["trash"] = count_images(entry.target / "trash");
}

// Lets `add` ask the mount. False: it did not answer in time.
bool ask(Json& status, const MountEntry& entry, std::chrono::seconds limit,
         void (*add)(Json&, const MountEntry&)) {
  const auto answer = ask_within(limit, [&] {
    add(status, entry);
    return json::one_line(status);
  });
  if (answer) status = json::parse_object(*answer, entry.target.string());
  return answer.has_value();
}

std::optional<int> process_of(const Path& store) {
  try {
    return StoreFolder::open(store).user();
  } catch (const Error&) {
    return std::nullopt;
  }
}

Json status_of(const MountEntry& entry, const char* state) {
  Json status{{"mountpoint", entry.target.string()},
              {"store", entry.source},
              {"state", state},
              {"process", nullptr}};
  if (const auto pid = process_of(entry.source)) status["process"] = *pid;
  return status;
}

}  // namespace

Json status_of(const MountEntry& entry, bool whole) {
  const auto dead = ask_within(
      kPatience, [&] { return is_dead(entry.target) ? "dead" : "serving"; });
  Json status = status_of(entry, dead ? dead->c_str() : "silent");
  if (!whole || status["state"] != "serving") return status;
  if (!ask(status, entry, kPatience, add_condition)) {
    status["state"] = "silent";
  } else {
    ask(status, entry, kPatienceToCount, add_images);
  }
  return status;
}

Json status_of(const StoreFolder& store) {
  const auto pid = store.user();
  Json status{{"store", store.path().string()},
              {"state", pid ? "in use" : "not mounted"},
              {"process", nullptr}};
  if (pid) status["process"] = *pid;
  add_store(status, store.path());
  return status;
}

}  // namespace platter::cli
