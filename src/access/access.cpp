// src/access/access.cpp
//
// The rules: which role a caller has, and what it allows.
#include "platter/access/access.h"

#include <algorithm>

#include "platter/base/error.h"

namespace platter::access {

bool Access::in_group(const Caller& caller, gid_t group) const {
  if (caller.gid == group) return true;
  return std::ranges::count(supplementary_groups(caller), group) > 0;
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
