// src/cli/status.cpp
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <map>

#include "attribute.h"
#include "mountpoint.h"
#include "platter/base/error.h"
#include "platter/cli/store_folder.h"
#include "values.h"
#include "verbs.h"

namespace platter::cli {

namespace {

struct Census {
  std::map<std::string, std::uint64_t> by_status;
  std::uint64_t images = 0;
  std::uint64_t uploaded = 0;  // bytes of their original files
};

Census count_images(const Path& folder) {
  Census census;
  std::error_code problem;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder, problem)) {
    const std::string status = read_attribute(entry.path(), "user.status");
    if (status.empty()) continue;
    ++census.images;
    ++census.by_status[status];
    census.uploaded +=
        parse_number<std::uint64_t>(read_attribute(entry.path(), "user.size"))
            .value_or(0);
  }
  if (problem) throw system_error(problem.value(), "list " + folder.string());
  return census;
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

void print_field(std::string_view name, std::string_view value) {
  fmt::print("  {:<9} {}\n", name, value);
}

void print_images(const Path& mount) {
  const Census images = count_images(mount / "images");
  const Census trash = count_images(mount / "trash");
  std::string text = fmt::format("{}", images.images);
  const char* separator = ": ";
  for (const auto& [status, count] : images.by_status) {
    text += fmt::format("{}{} {}", separator, count, status);
    separator = ", ";
  }
  print_field("images", text);
  print_field("trash", fmt::format("{}", trash.images));
  print_field("uploaded", about_size(images.uploaded + trash.uploaded));
}

void print_free(const Path& mount) {
  struct statvfs usage;
  if (statvfs(mount.c_str(), &usage) != 0) {
    throw system_error(errno, "look at " + mount.string());
  }
  print_field("free", about_size(usage.f_bavail * usage.f_frsize));
}

void print_store(const StoreFolder& store) {
  print_field("project", store.project());
  print_field("created", store.created());
  print_field("stored", about_size(allocated_in(store.packs())) + " in packs");
}

// "process 1234" or what else there is to say. Users of a mount need not be
// able to look into its store.
std::string state_of(const MountEntry& entry) {
  if (is_dead(entry.target)) {
    return fmt::format(
        "dead: its process has ended; `platter unmount {}` "
        "clears it",
        entry.target.string());
  }
  try {
    const auto pid = StoreFolder::open(entry.source).user();
    return pid ? fmt::format("process {}", *pid) : std::string("ending");
  } catch (const Error&) {
    return "mounted";
  }
}

void print_mount(const MountEntry& entry) {
  fmt::print("{}\n", entry.target.string());
  print_field("store", entry.source);
  print_field("state", state_of(entry));
}

void print_content(const MountEntry& entry) {
  if (is_dead(entry.target)) return;
  try {
    print_store(StoreFolder::open(entry.source));
  } catch (const Error& problem) {
    print_field("", problem.what());
  }
  print_images(entry.target);
  print_free(entry.target);
}

void print_unmounted(const Path& folder) {
  const StoreFolder store = StoreFolder::open(folder);
  const auto pid = store.user();
  fmt::print("{}\n", store.path().string());
  print_field("state", pid ? fmt::format("in use by process {}", *pid)
                           : std::string("not mounted"));
  print_store(store);
}

}  // namespace

void print_status(const Path& place) {
  const Path path = place.empty() ? Path() : resolve(place);
  bool found = false;
  for (const MountEntry& entry : read_mounts()) {
    if (!entry.is_ours()) continue;
    if (!path.empty() && entry.target != path && entry.source != path) continue;
    print_mount(entry);
    // Counting images takes as long as listing them: not for all at once.
    if (!path.empty()) print_content(entry);
    found = true;
  }
  if (found) return;
  if (path.empty()) {
    fmt::print(
        "no store is mounted; `platter mount STORE MOUNTPOINT` mounts one\n");
  } else {
    print_unmounted(path);
  }
}

}  // namespace platter::cli
