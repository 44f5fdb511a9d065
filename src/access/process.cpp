// src/access/process.cpp
//
// What the kernel says of a process that asks: /proc as proc(5) describes it.
#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <sstream>

#include "platter/access/access.h"

namespace platter::access {
namespace {

// The text of a file of /proc/<pid>; empty when the process is gone.
std::string proc_text(pid_t pid, std::string_view file) {
  std::ifstream text(fmt::format("/proc/{}/{}", pid, file));
  return {std::istreambuf_iterator<char>(text), {}};
}

// The numbers on the line of `status` that begins with `name`.
std::vector<gid_t> numbers_of(const std::string& status,
                              const std::string& name) {
  std::istringstream lines(status);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name)) continue;
    std::istringstream numbers(line.substr(name.size()));
    return {std::istream_iterator<gid_t>(numbers), {}};
  }
  return {};
}

}  // namespace

Caller daemon_caller() noexcept { return {geteuid(), getegid(), 0}; }

std::vector<gid_t> supplementary_groups(const Caller& caller) {
  const std::string status = proc_text(caller.pid, "status");
  // Real, effective, saved and filesystem uid. The last is whom FUSE names;
  // when it differs, the process that asked is gone and its pid is another's.
  const auto uids = numbers_of(status, "Uid:");
  if (uids.size() != 4 || uids[3] != caller.uid) return {};
  return numbers_of(status, "Groups:");
}

bool is_dying_by_signal(pid_t pid) {
  // PF_SIGNALED of the kernel's include/linux/sched.h.
  constexpr unsigned long kSignaled = 0x400;
  const std::string stat = proc_text(pid, "stat");
  // The program's name stands in parentheses and may hold anything, also
  // parentheses and line ends; the flags are the seventh word after it.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == stat.npos) return false;
  std::istringstream words(stat.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < 6; ++i) words >> skipped;
  unsigned long flags = 0;
  words >> flags;
  return (flags & kSignaled) != 0;
}

std::string user_name(uid_t uid) {
  passwd entry;
  passwd* found = nullptr;
  std::array<char, 4096> buffer;
  getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
  return found ? found->pw_name : std::to_string(uid);
}

}  // namespace platter::access
