// src/access/access.cpp
#include "platter/access/access.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "platter/base/error.h"

namespace platter::access {

Caller daemon_caller() noexcept { return {geteuid(), getegid(), 0}; }

std::vector<gid_t> supplementary_groups(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    if (!line.starts_with("Groups:")) continue;
    std::istringstream numbers(line.substr(7));
    std::vector<gid_t> groups;
    for (gid_t group; numbers >> group;) groups.push_back(group);
    return groups;
  }
  return {};
}

bool is_dying_by_signal(pid_t pid) {
  // PF_SIGNALED of the kernel's include/linux/sched.h.
  constexpr unsigned long kSignaled = 0x400;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  // The program's name stands in parentheses and may hold anything; the flags
  // are the seventh word after it.
  std::istringstream words(line.substr(line.rfind(')') + 1));
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

bool Access::in_group(const Caller& caller, gid_t group) const {
  if (caller.gid == group) return true;
  return std::ranges::count(supplementary_groups(caller.pid), group) > 0;
}

bool Access::is_admin(const Caller& caller) const {
  if (caller.uid == 0 || caller.uid == policy_.owner) return true;
  return policy_.admin_group && in_group(caller, *policy_.admin_group);
}

Role Access::role_in(const Caller& caller, const std::string& project) const {
  if (is_admin(caller)) return Role::admin;
  const auto group = policy_.project_groups.find(project);
  if (group == policy_.project_groups.end()) return Role::none;
  return in_group(caller, group->second) ? Role::member : Role::none;
}

void Access::check_see(const Caller& caller, const image::Record& image) const {
  if (role_in(caller, image.project) == Role::none) {
    throw Error(Errc::not_found, "there is no image \"" + image.name + "\"");
  }
}

void Access::check_read_data(const Caller& caller,
                             const image::Record& image) const {
  check_see(caller, image);
  if (image.status == image::Status::deactivated && !is_admin(caller)) {
    throw Error(Errc::denied,
                "image \"" + image.name +
                    "\" is deactivated; only an administrator reads its data "
                    "until user.status is set to active");
  }
}

void Access::check_change(const Caller& caller,
                          const image::Record& image) const {
  check_see(caller, image);
}

void Access::check_add(const Caller& caller, const std::string& project) const {
  if (role_in(caller, project) == Role::none) {
    throw Error(Errc::denied, "user " + user_name(caller.uid) +
                                  " is no member of project \"" + project +
                                  "\"; its administrator adds members to the "
                                  "project's group");
  }
}

void Access::check_admin(const Caller& caller, const std::string& what) const {
  if (!is_admin(caller)) {
    throw Error(Errc::forbidden, what + " is for administrators; " +
                                     user_name(caller.uid) + " is none");
  }
}

}  // namespace platter::access
