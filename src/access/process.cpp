// src/access/process.cpp
//
// What the kernel says of a process that asks, /proc as proc(5) describes it,
// and what the host calls users and groups.
#include <fmt/core.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
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

// Calls `ask` with a buffer that is large enough: a group with many members
// takes more than one would think.
template <typename Ask>
void with_buffer(Ask ask) {
  std::vector<char> buffer(4096);
  while (ask(buffer) == ERANGE) buffer.resize(2 * buffer.size());
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
  std::string name = std::to_string(uid);
  with_buffer([&](std::vector<char>& buffer) {
    passwd entry;
    passwd* found = nullptr;
    const int error =
        getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    if (found) name = found->pw_name;
    return error;
  });
  return name;
}

std::string command_of(pid_t pid) {
  std::string name = proc_text(pid, "comm");
  if (!name.empty() && name.back() == '\n') name.pop_back();
  // Programs choose their names; one must not end the line of a log.
  std::ranges::replace_if(
      name, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return name.empty() ? "?" : name;
}

std::optional<gid_t> group_id(const std::string& group) {
  std::optional<gid_t> id;
  with_buffer([&](std::vector<char>& buffer) {
    struct group entry;
    struct group* found = nullptr;
    const int error =
        getgrnam_r(group.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found) id = found->gr_gid;
    return error;
  });
  if (id) return id;
  gid_t number = 0;
  const char* const end = group.data() + group.size();
  const auto read = std::from_chars(group.data(), end, number);
  // The last one is no group, but -1.
  const bool is_whole = read.ec == std::errc() && read.ptr == end;
  if (!is_whole || number == static_cast<gid_t>(-1)) return std::nullopt;
  return number;
}

std::optional<std::string> group_name(gid_t gid) {
  std::optional<std::string> name;
  with_buffer([&](std::vector<char>& buffer) {
    struct group entry;
    struct group* found = nullptr;
    const int error =
        getgrgid_r(gid, &entry, buffer.data(), buffer.size(), &found);
    if (found) name = found->gr_name;
    return error;
  });
  return name;
}

}  // namespace platter::access
