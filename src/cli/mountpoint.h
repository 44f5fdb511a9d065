// src/cli/mountpoint.h
//
// Mounts of this host as the kernel lists them: which are ours, which are
// dead, who holds them, and how they go away.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "platter/base/file.h"

namespace platter::cli {

// What the kernel calls our mounts.
inline constexpr std::string_view kMountType = "fuse.platter";

struct MountEntry {
  Path target;
  std::string type;
  std::string source;  // of our mounts: the store's folder

  bool is_ours() const { return type == kMountType; }
};

// Those of this process's view of the host, the newest last. Throws Errc::io.
std::vector<MountEntry> read_mounts();
// One line of /proc/self/mountinfo; nullopt for a line that is none.
std::optional<MountEntry> parse_mount_line(std::string_view line);

// What is mounted at `target`, the topmost; nullopt: nothing.
std::optional<MountEntry> mount_at(const Path& target);
// The mount of ours that shows `path`; nullopt when none does.
std::optional<MountEntry> our_mount_above(const Path& path);

// `path` as the kernel lists mounts: absolute, without links. Works for a dead
// mount, too.
Path resolve(const Path& path);

// Whether the daemon of the mount has gone ("Transport endpoint is not
// connected").
bool is_dead(const Path& target);

// Throws Errc::busy when files of the mount are open, unless `lazy`: the mount
// then leaves the tree at once, and goes when the last of them is closed.
void remove_mount(const Path& target, bool lazy);

// A process that keeps a mount busy.
struct Holder {
  pid_t pid = 0;
  std::string command;
  std::string what;  // a path in the mount
};

// Those that this process may see.
std::vector<Holder> holders_of(const Path& target);

}  // namespace platter::cli
