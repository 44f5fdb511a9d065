// include/platter/access/access.h
//
// Who a caller is, and what they may do. Pure questions over identities and
// records; nothing here changes anything.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platter/image/projects.h"
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
// "setfattr": the program, on one line; "?" when it is gone.
std::string command_of(pid_t pid);
// `group`: a name, or a number, which stands for itself. nullopt when the host
// knows no such name.
std::optional<gid_t> group_id(const std::string& group);
// "web", or nullopt.
std::optional<std::string> group_name(gid_t gid);

enum class Role {
  none,    // the project does not exist for them
  member,  // uses and changes the project's images
  admin,   // may do everything
};

// Who may do what has consequences for others.
enum class Who {
  admin,   // administrators only
  member,  // members of the project whose right it is, too
};

struct Policy {
  // Owns the store: admin, as uid 0 is.
  uid_t owner = 0;
  std::optional<gid_t> admin_group;
  // Groups of projects by the configuration, which goes before what their
  // records say.
  std::map<std::string, gid_t> project_groups;
  Who publicize = Who::admin;    // make an image public
  Who communitize = Who::admin;  // make it community
  Who deactivate = Who::admin;   // and activate again
  Who accept = Who::member;      // of the project that it is offered to
  image::Visibility default_visibility = image::Visibility::private_;
  // Projects come into being when a member of their group looks for them.
  bool auto_projects = true;
  gid_t least_auto_group = 1000;  // groups below are the system's
};

// What there is to do with an image.
enum class Act { see, read, change, publicize, communitize, deactivate };

// How much of an image a project sees besides its own.
enum class Sight {
  nothing,
  offered,  // that it is there; not its data
  whole,
};

// By the image's visibility and its members alone; pure. Its owner sees it here
// as everybody does.
Sight sight_of(const image::Record& image, const std::string& project);

// Thread-safe.
class Access {
 public:
  // `projects` must outlive it.
  Access(Policy policy, const image::Projects& projects);

  const Policy& policy() const noexcept { return policy_; }

  // The group of a project: as configured, else the one that its record names,
  // else the host's of the same name. nullopt: there is no such project, or
  // only administrators use it. Asked of the host at most every ten seconds.
  std::optional<gid_t> group_of(const std::string& project) const;

  Role role_in(const Caller& caller, const std::string& project) const;
  bool is_admin(const Caller& caller) const;
  // The project that `mine` means: that of the caller's own group, or the
  // first by name of those it is a member of, or one that may come into being
  // for it. nullopt: none; administrators who are in no such group have none.
  std::optional<std::string> project_of(const Caller& caller) const;
  // Whether a project of that name, which is not there, may come into being
  // for the caller: a member of its group, even if also an administrator.
  bool may_come_into_being(const Caller& caller, const std::string& name) const;

  // Each throws Errc::not_found for a caller who may not know of the image, as
  // if it did not exist, and Errc::denied or Errc::forbidden, with a sentence,
  // for one who lacks the right.
  void check(const Caller& caller, const image::Record& image, Act act) const;
  // ... seen through the catalogue of project `via`, of which the caller must
  // be a member: see or read; no more is allowed there. Errc::denied for the
  // data of what is only offered.
  void check_via(const Caller& caller, const image::Record& image,
                 const std::string& via, Act act) const;
  // Throws Errc::denied unless the caller may add images to the project.
  void check_add(const Caller& caller, const std::string& project) const;
  // Throws Errc::denied unless the caller may answer offers to the project.
  void check_answer(const Caller& caller, const std::string& project) const;
  // Throws Errc::forbidden unless the caller is admin; `what` names the act:
  // "making an image public".
  void check_admin(const Caller& caller, const std::string& what) const;

 private:
  bool in_group(const Caller& caller, gid_t group) const;
  // As group_id(), from memory where that is young enough.
  std::optional<gid_t> host_group(const std::string& group) const;

  struct KnownGroup {
    std::optional<gid_t> group;
    std::int64_t asked_at;  // seconds of the monotonic clock
  };

  Policy policy_;
  const image::Projects& projects_;
  mutable std::mutex mutex_;  // guards known_groups_
  mutable std::map<std::string, KnownGroup, std::less<>> known_groups_;
};

}  // namespace platter::access
