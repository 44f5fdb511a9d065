// include/platter/access/access.h
//
// Who a caller is, and what they may do. Pure questions over identities and
// records; nothing here changes anything.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platter/image/record.h"

namespace platter::access {

// The process that asked, as the kernel names it.
struct Caller {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;  // 0: the daemon itself
};

// The daemon's own identity, for what happens by the clock.
Caller daemon_caller() noexcept;

// The caller's groups besides its gid, asked of the kernel each time. None
// when the process is gone or its pid is that of another user's by now.
std::vector<gid_t> supplementary_groups(const Caller& caller);

// Whether the thread `pid` is ending because a signal killed it. The kernel
// then still closes its files. False for 0 and for what is gone.
bool is_dying_by_signal(pid_t pid);

// "ana", or the number when the host knows no such user.
std::string user_name(uid_t uid);

enum class Role {
  none,    // the project does not exist for them
  member,  // uses and changes the project's images
  admin,   // may do everything
};

struct Policy {
  // Owns the store: admin, as uid 0 is.
  uid_t owner = 0;
  std::optional<gid_t> admin_group;
  // The group whose members are a project's members.
  std::map<std::string, gid_t> project_groups;
};

// Thread-safe.
class Access {
 public:
  explicit Access(Policy policy) : policy_(std::move(policy)) {}

  Role role_in(const Caller& caller, const std::string& project) const;
  bool is_admin(const Caller& caller) const;

  // Each throws Errc::not_found for a caller without a role, as if the image
  // did not exist, and Errc::denied, with a sentence, for a member who lacks
  // the right.
  void check_see(const Caller& caller, const image::Record& image) const;
  void check_read_data(const Caller& caller, const image::Record& image) const;
  void check_change(const Caller& caller, const image::Record& image) const;
  // Throws Errc::denied unless the caller may add images to the project.
  void check_add(const Caller& caller, const std::string& project) const;
  // Throws Errc::forbidden unless the caller is admin; `what` names the act:
  // "making an image public".
  void check_admin(const Caller& caller, const std::string& what) const;

 private:
  bool in_group(const Caller& caller, gid_t group) const;

  Policy policy_;
};

}  // namespace platter::access
