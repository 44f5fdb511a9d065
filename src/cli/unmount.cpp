// src/cli/unmount.cpp
#include <fmt/core.h>

#include <chrono>
#include <thread>

#include "mountpoint.h"
#include "platter/base/error.h"
#include "platter/cli/store_folder.h"
#include "verbs.h"

namespace platter::cli {

namespace {

// How long a daemon may take to finish what it has begun.
constexpr std::chrono::seconds kPatience{30};

// The mount that `place` names, by its mountpoint or by its store.
MountEntry find_mount(const Path& place) {
  std::optional<MountEntry> found = mount_at(place);
  for (MountEntry& entry : read_mounts()) {
    if (!found && entry.is_ours() && entry.source == place) {
      found = std::move(entry);
    }
  }
  if (!found) {
    throw Error(Errc::not_found, "nothing is mounted at " + place.string());
  }
  if (!found->is_ours()) {
    throw Error(Errc::forbidden,
                fmt::format("{} is a mount of type {}, not Platter's; use "
                            "umount",
                            place.string(), found->type));
  }
  return *found;
}

// Who keeps the mount busy, and what to do.
std::string describe_holders(const Path& target) {
  const std::vector<Holder> holders = holders_of(target);
  if (holders.empty()) {
    return fmt::format(
        "{} is in use by processes of other users, or is not yours to "
        "unmount; try again as root",
        target.string());
  }
  std::string text = target.string() + " is in use";
  for (const Holder& holder : holders) {
    text += fmt::format("\n  process {} ({}): {}", holder.pid, holder.command,
                        holder.what);
  }
  return text + fmt::format(
                    "\nEnd these, or take the mount out of the tree at once "
                    "and let them finish: platter unmount --lazy {}",
                    target.string());
}

// Returns when the store's daemon has ended, so that the next mount finds the
// store free.
void wait_until_free(const StoreFolder& store) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  bool told = false;
  while (const auto pid = store.user()) {
    const auto waited = Clock::now() - begin;
    if (waited > kPatience) {
      throw Error(Errc::busy,
                  fmt::format("{} is unmounted, but process {} is still at "
                              "work on it; try again later",
                              store.path().string(), *pid));
    }
    if (!told && waited > std::chrono::seconds(2)) {
      fmt::print(stderr, "platter: waiting for process {} to finish\n", *pid);
      told = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

// nullopt when this user cannot look into it, or it is gone.
std::optional<StoreFolder> open_store(const std::string& source) {
  try {
    return StoreFolder::open(source);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

void unmount(const Path& place, bool lazy) {
  const MountEntry entry = find_mount(resolve(place));
  const bool dead = is_dead(entry.target);
  // Not to be what keeps the mount busy ourselves.
  std::filesystem::current_path("/");
  try {
    remove_mount(entry.target, lazy || dead);
  } catch (const Error& error) {
    if (error.code() != Errc::busy) throw;
    throw Error(Errc::busy, describe_holders(entry.target));
  }
  // After a lazy unmount others may use the mount for as long as they like.
  if (const auto store = open_store(entry.source); store && !lazy) {
    wait_until_free(*store);
  }
  fmt::print("unmounted {}\n", entry.target.string());
}

}  // namespace platter::cli
