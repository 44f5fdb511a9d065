// src/cli/mountpoint.cpp
#include "mountpoint.h"

#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "platter/base/error.h"
#include "values.h"

namespace platter::cli {

namespace {

// The kernel writes blanks and backslashes in names as \040.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '\\' && i + 3 < text.size() &&
        std::all_of(text.begin() + i + 1, text.begin() + i + 4,
                    [](char c) { return c >= '0' && c <= '7'; });
    if (!escape) {
      result += text[i];
      continue;
    }
    result += static_cast<char>((text[i + 1] - '0') * 64 +
                                (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
    i += 3;
  }
  return result;
}

bool is_below(const std::string& path, const std::string& folder) {
  return path.starts_with(folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

[[noreturn]] void fail_to_unmount(int number, const Path& target) {
  const std::string doing = "unmount " + target.string();
  if (number == EBUSY) throw Error(Errc::busy, doing + ": it is in use");
  throw system_error(number, doing);
}

// Users without privileges unmount through FUSE's own helper.
void run_fusermount(const Path& target, bool lazy) {
  const pid_t pid = fork();
  if (pid < 0) throw system_error(errno, "start fusermount3");
  if (pid == 0) {
    execlp("fusermount3", "fusermount3", lazy ? "-uz" : "-u", "--",
           target.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
    throw Error(Errc::io, "unmount " + target.string() +
                              ": fusermount3 is missing; install fuse3");
  }
  fail_to_unmount(EBUSY, target);
}

std::string read_link(const Path& link) {
  std::error_code problem;
  const Path target = std::filesystem::read_symlink(link, problem);
  return problem ? std::string() : target.string();
}

// What of the mount a process maps into its memory; empty: nothing.
std::string mapped_file(const Path& process, const std::string& target) {
  std::ifstream maps(process / "maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t path = line.find('/');
    if (path == line.npos) continue;
    if (is_below(line.substr(path), target)) return line.substr(path);
  }
  return {};
}

// What of the mount a process has open; empty: nothing.
std::string held_file(const Path& process, const std::string& target) {
  for (const char* link : {"cwd", "root", "exe"}) {
    const std::string path = read_link(process / link);
    if (is_below(path, target)) return path;
  }
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(process / "fd", ignored)) {
    const std::string path = read_link(entry.path());
    if (is_below(path, target)) return path;
  }
  return mapped_file(process, target);
}

std::string command_of(const Path& process) {
  std::ifstream file(process / "comm");
  std::string command;
  std::getline(file, command);
  return command;
}

}  // namespace

// proc(5): id, parent, device, root, target, options, any number of optional
// fields, "-", type, source, options of the filesystem.
std::optional<MountEntry> parse_mount_line(std::string_view line) {
  std::istringstream stream{std::string(line)};
  std::string word;
  MountEntry entry;
  for (int field = 0; field < 5; ++field) {
    if (!(stream >> word)) return std::nullopt;
  }
  entry.target = unescaped(word);
  while (word != "-") {
    if (!(stream >> word)) return std::nullopt;
  }
  if (!(stream >> entry.type >> word)) return std::nullopt;
  entry.source = unescaped(word);
  return entry;
}

std::vector<MountEntry> read_mounts() {
  std::ifstream file("/proc/self/mountinfo");
  if (!file) throw system_error(errno, "read /proc/self/mountinfo");
  std::vector<MountEntry> mounts;
  for (std::string line; std::getline(file, line);) {
    if (auto entry = parse_mount_line(line)) mounts.push_back(*entry);
  }
  return mounts;
}

std::optional<MountEntry> mount_at(const Path& target) {
  std::optional<MountEntry> found;
  for (MountEntry& entry : read_mounts()) {
    if (entry.target == target) found = std::move(entry);
  }
  return found;
}

std::optional<MountEntry> our_mount_above(const Path& path) {
  std::optional<MountEntry> found;
  for (MountEntry& entry : read_mounts()) {
    if (!is_below(path.string(), entry.target.string()) &&
        entry.target != "/") {
      continue;
    }
    const bool deeper =
        !found || entry.target.string().size() >= found->target.string().size();
    if (deeper) found = std::move(entry);
  }
  return found && found->is_ours() ? found : std::nullopt;
}

Path resolve(const Path& path) {
  std::error_code problem;
  if (const Path whole = std::filesystem::canonical(path, problem); !problem) {
    return whole;
  }
  Path plain = std::filesystem::absolute(path).lexically_normal();
  if (!plain.has_filename()) plain = plain.parent_path();
  const Path parent = std::filesystem::canonical(plain.parent_path(), problem);
  return problem ? plain : parent / plain.filename();
}

bool is_dead(const Path& target) {
  // Not stat(), which the kernel answers from what it remembers.
  struct statvfs usage;
  return statvfs(target.c_str(), &usage) != 0 && errno == ENOTCONN;
}

void remove_mount(const Path& target, bool lazy) {
  if (geteuid() != 0) return run_fusermount(target, lazy);
  const int flags = UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0);
  if (umount2(target.c_str(), flags) != 0) fail_to_unmount(errno, target);
}

std::vector<Holder> holders_of(const Path& target) {
  std::vector<Holder> holders;
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc", ignored)) {
    const auto pid = parse_number<pid_t>(entry.path().filename().string());
    if (!pid || *pid == getpid()) continue;
    const std::string file = held_file(entry.path(), target.string());
    if (!file.empty()) {
      holders.push_back({*pid, command_of(entry.path()), file});
    }
  }
  return holders;
}

}  // namespace platter::cli
