// src/access/roles.cpp
//
// Which project a caller belongs to: projects are groups of the host.
#include <algorithm>
#include <chrono>

#include "platter/access/access.h"
#include "platter/base/error.h"

namespace platter::access {
namespace {

constexpr std::int64_t kGroupsLast = 10;    // seconds until asked again
constexpr std::size_t kKnownGroups = 4096;  // names that are kept
constexpr gid_t kNobodysGroup = 65534;      // the system's, for all its number

std::int64_t monotonic_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool is_project_name(const std::string& name) {
  try {
    image::check_project_name(name);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// A group's number is no name for a project that stands for it.
bool is_number(const std::string& name) {
  return std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Access::Access(Policy policy, const image::Projects& projects)
    : policy_(std::move(policy)), projects_(projects) {}

bool Access::in_group(const Caller& caller, gid_t group) const {
  if (caller.gid == group) return true;
  return std::ranges::count(supplementary_groups(caller), group) > 0;
}

bool Access::is_admin(const Caller& caller) const {
  if (caller.uid == 0 || caller.uid == policy_.owner) return true;
  return policy_.admin_group && in_group(caller, *policy_.admin_group);
}

std::optional<gid_t> Access::host_group(const std::string& group) const {
  const std::int64_t now = monotonic_seconds();
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_groups_.find(group);
    if (known != known_groups_.end() &&
        now - known->second.asked_at < kGroupsLast) {
      return known->second.group;
    }
  }
  // Under no lock: the host may ask a directory in the network.
  const auto found = group_id(group);
  const std::lock_guard lock(mutex_);
  // Anybody may look for any name.
  if (known_groups_.size() >= kKnownGroups) known_groups_.clear();
  known_groups_.insert_or_assign(group, KnownGroup{found, now});
  return found;
}

std::optional<gid_t> Access::group_of(const std::string& project) const {
  const image::ProjectPtr known = projects_.find(project);
  if (!known) return std::nullopt;
  const auto configured = policy_.project_groups.find(project);
  if (configured != policy_.project_groups.end()) return configured->second;
  if (!known->group.empty()) return host_group(known->group);
  return is_number(project) ? std::nullopt : host_group(project);
}

Role Access::role_in(const Caller& caller, const std::string& project) const {
  if (is_admin(caller)) return Role::admin;
  const auto group = group_of(project);
  return group && in_group(caller, *group) ? Role::member : Role::none;
}

std::optional<std::string> Access::project_of(const Caller& caller) const {
  std::vector<gid_t> groups = supplementary_groups(caller);
  std::optional<std::string> first;
  for (const image::ProjectPtr& project : projects_.all()) {
    const auto group = group_of(project->name);
    if (!group) continue;
    if (*group == caller.gid) return project->name;
    if (!first && std::ranges::count(groups, *group) > 0) {
      first = project->name;
    }
  }
  if (first) return first;
  std::ranges::sort(groups);
  groups.insert(groups.begin(), caller.gid);
  for (const gid_t group : groups) {
    const auto name = group_name(group);
    if (name && may_come_into_being(caller, *name)) return name;
  }
  return std::nullopt;
}

bool Access::may_come_into_being(const Caller& caller,
                                 const std::string& name) const {
  if (!policy_.auto_projects || !is_project_name(name)) return false;
  if (projects_.find(name)) return false;
  const auto configured = policy_.project_groups.find(name);
  if (configured != policy_.project_groups.end()) {
    return in_group(caller, configured->second);
  }
  if (is_number(name)) return false;
  const auto group = host_group(name);
  return group && *group >= policy_.least_auto_group &&
         *group != kNobodysGroup && in_group(caller, *group);
}

}  // namespace platter::access
