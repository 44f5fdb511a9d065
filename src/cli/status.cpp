// src/cli/status.cpp: `platter status`, in words or as JSON.
#include <fmt/core.h>

#include <chrono>
#include <fstream>

#include "mount_status.h"
#include "platter/base/error.h"
#include "values.h"
#include "verbs.h"
#include "within.h"

namespace platter::cli {

using json::Json;

namespace {

void print_field(std::string_view name, std::string_view value) {
  fmt::print("  {:<9} {}\n", name, value);
}

// Whether a process is stopped, as by SIGSTOP.
bool is_stopped(int pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  const std::size_t end = line.rfind(") ");
  return end != line.npos && line.compare(end + 2, 1, "T") == 0;
}

std::string why_silent(const Json& status) {
  const std::string target = status["mountpoint"];
  if (status["process"].is_null()) {
    return fmt::format(
        "does not answer; `platter unmount --lazy {}` takes it out of the tree",
        target);
  }
  const int pid = status["process"];
  if (is_stopped(pid)) {
    return fmt::format(
        "does not answer: process {0} is stopped; `kill -CONT {0}` lets it go "
        "on",
        pid);
  }
  return fmt::format(
      "does not answer: process {} waits, maybe for the store's disk; its log "
      "and dmesg may say why",
      pid);
}

// "process 1234" or what else there is to say.
std::string state_of(const Json& status) {
  const std::string state = status["state"];
  const Json& process = status["process"];
  if (state == "silent") return why_silent(status);
  if (state == "dead") {
    return fmt::format(
        "dead: its process has ended; `platter unmount {}` clears it",
        status["mountpoint"].get<std::string>());
  }
  if (state == "serving") {
    return process.is_null() ? "mounted"
                             : fmt::format("process {}", process.get<int>());
  }
  return process.is_null()
             ? state
             : fmt::format("in use by process {}", process.get<int>());
}

void print_images(const Json& status) {
  if (!status.contains("images")) {
    print_field("images", "took too long to count");
    return;
  }
  const Json& images = status["images"];
  if (images.is_null()) return;
  std::string text = fmt::format("{}", images["count"].get<std::uint64_t>());
  const char* separator = ": ";
  for (const auto& [name, count] : images["by_status"].items()) {
    text += fmt::format("{}{} {}", separator, count.get<std::uint64_t>(), name);
    separator = ", ";
  }
  const Json& trash = status["trash"];
  const auto uploaded = images["bytes"].get<std::uint64_t>() +
                        trash["bytes"].get<std::uint64_t>();
  print_field("images", text);
  print_field("trash", fmt::format("{}", trash["count"].get<std::uint64_t>()));
  print_field("uploaded", about_size(uploaded));
}

void print_store(const Json& status) {
  if (status.contains("store_problem")) {
    print_field("", status["store_problem"].get<std::string>());
  } else if (status.contains("project")) {
    print_field("project", status["project"].get<std::string>());
    print_field("created", status["created"].get<std::string>());
    print_field(
        "stored",
        about_size(status["stored_bytes"].get<std::uint64_t>()) + " in packs");
  }
}

void print_health(const Json& health) {
  if (health.is_null()) return;
  print_field("health", health["status"].get<std::string>());
  for (const Json& check : health["checks"]) {
    if (check["status"] == "ok") continue;
    print_field("", fmt::format("{}: {}", check["name"].get<std::string>(),
                                check["message"].get<std::string>()));
  }
}

std::string about_time(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:g} us", seconds * 1e6);
  return seconds < 1 ? fmt::format("{:g} ms", seconds * 1e3)
                     : fmt::format("{:g} s", seconds);
}

void print_activity(const Json& activity) {
  if (activity.is_null()) return;
  const auto rate = [&](const char* name) {
    return about_size(static_cast<std::uint64_t>(activity[name]));
  };
  std::string text = fmt::format("{:.0f} requests/s, {}/s read, {}/s written",
                                 activity["requests_per_second"].get<double>(),
                                 rate("read_bytes_per_second"),
                                 rate("written_bytes_per_second"));
  const Json& half = activity["half_within_seconds"];
  const Json& most = activity["most_within_seconds"];
  if (!half.is_null() && !most.is_null()) {
    text += fmt::format("; half within {}, 99 % within {}", about_time(half),
                        about_time(most));
  }
  print_field("activity", text);
}

void print_words(const Json& status) {
  const bool mounted = status.contains("mountpoint");
  fmt::print("{}\n",
             status[mounted ? "mountpoint" : "store"].get<std::string>());
  if (mounted) print_field("store", status["store"].get<std::string>());
  print_field("state", state_of(status));
  print_store(status);
  if (!status.contains("free_bytes")) return;
  print_images(status);
  print_field("free", about_size(status["free_bytes"].get<std::uint64_t>()));
  print_health(status["health"]);
  print_activity(status["activity"]);
}

// `place` as mounts are listed. A mount that does not answer is found by its
// plain name only.
Path resolved(const Path& place) {
  if (place.empty()) return {};
  Path plain = std::filesystem::absolute(place).lexically_normal();
  if (!plain.has_filename()) plain = plain.parent_path();
  if (mount_at(plain)) return plain;
  const auto answer = ask_within(std::chrono::seconds(5),
                                 [&] { return resolve(place).string(); });
  return answer ? Path(*answer) : plain;
}

}  // namespace

ExitStatus print_status(const Path& place, bool as_json) {
  const auto print = [&](const Json& status) {
    as_json ? fmt::print("{}\n", json::one_line(status)) : print_words(status);
    std::fflush(stdout);
  };
  const Path path = resolved(place);
  bool found = false;
  bool silent = false;
  for (const MountEntry& entry : read_mounts()) {
    if (!entry.is_ours()) continue;
    if (!path.empty() && entry.target != path && entry.source != path) continue;
    const Json status = status_of(entry, !path.empty());
    print(status);
    found = true;
    silent = silent || status["state"] == "silent";
  }
  if (!found && !path.empty()) print(status_of(StoreFolder::open(path)));
  if (!found && path.empty() && !as_json) {
    fmt::print(
        "no store is mounted; `platter mount STORE MOUNTPOINT` mounts one\n");
  }
  return silent ? ExitStatus::failed : ExitStatus::ok;
}

}  // namespace platter::cli
