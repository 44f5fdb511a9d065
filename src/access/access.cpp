// src/access/access.cpp
//
// The rules: which role a caller has, and what it allows.
#include "platter/access/access.h"

#include <fmt/core.h>

#include "platter/base/error.h"
#include "platter/image/section.h"

namespace platter::access {
namespace {

using image::Record;

Error no_image(const Record& image) {
  return Error(Errc::not_found,
               fmt::format("there is no image \"{}\"", image.name));
}

Error not_for_members(const Caller& caller, const std::string& what) {
  return Error(
      Errc::forbidden,
      fmt::format("{} is for administrators; {} is none; ask one of them", what,
                  user_name(caller.uid)));
}

void check_member(const Caller& caller, Role role, const std::string& project) {
  if (role != Role::none) return;
  throw Error(Errc::denied,
              fmt::format("user {} is no member of project \"{}\"; its "
                          "administrator adds members to the project's group",
                          user_name(caller.uid), project));
}

void check_active(const Record& image, bool is_admin) {
  if (image.status != image::Status::deactivated || is_admin) return;
  throw Error(Errc::denied,
              fmt::format("image \"{}\" is deactivated; only an administrator "
                          "reads its data until user.status is set to active",
                          image.name));
}

// Of acts that the policy may keep for administrators: to whom it gives them,
// and what to call them.
struct Reserved {
  Who who = Who::member;
  std::string_view what;
};

Reserved reserved(const Policy& policy, Act act) {
  switch (act) {
    case Act::see:
    case Act::read:
    case Act::change:
      return {};
    case Act::publicize:
      return {policy.publicize, "making an image public"};
    case Act::communitize:
      return {policy.communitize, "making an image community"};
    case Act::deactivate:
      return {policy.deactivate,
              "deactivating an image or activating it again"};
  }
  return {};
}

}  // namespace

Sight sight_of(const Record& image, const std::string& project) {
  const auto section = image::section_of(image, project);
  if (!section) return Sight::nothing;
  return *section == image::Section::offered ? Sight::offered : Sight::whole;
}

void Access::check(const Caller& caller, const Record& image, Act act) const {
  const Role role = role_in(caller, image.project);
  if (role == Role::none) throw no_image(image);
  if (role == Role::admin) return;
  if (act == Act::read) check_active(image, false);
  const Reserved rule = reserved(policy_, act);
  if (rule.who == Who::member) return;
  throw not_for_members(caller,
                        fmt::format("image \"{}\": {}", image.name, rule.what));
}

void Access::check_via(const Caller& caller, const Record& image,
                       const std::string& via, Act act) const {
  const Role role = role_in(caller, via);
  const Sight sight =
      is_presentable(image) ? sight_of(image, via) : Sight::nothing;
  if (role == Role::none || sight == Sight::nothing) throw no_image(image);
  if (act == Act::see) return;
  if (act != Act::read) {
    throw Error(Errc::forbidden,
                fmt::format("image \"{}\" belongs to project \"{}\"; only its "
                            "members change it",
                            image.name, image.project));
  }
  if (sight == Sight::offered) {
    throw Error(Errc::denied,
                fmt::format("image \"{}\" of project \"{}\" is only offered to "
                            "project \"{}\"; accept it first: move it from "
                            "catalog/offered to catalog/shared",
                            image.name, image.project, via));
  }
  check_active(image, role == Role::admin);
}

void Access::check_add(const Caller& caller, const std::string& project) const {
  check_member(caller, role_in(caller, project), project);
}

void Access::check_answer(const Caller& caller,
                          const std::string& project) const {
  const Role role = role_in(caller, project);
  check_member(caller, role, project);
  if (role == Role::admin || policy_.accept == Who::member) return;
  throw Error(Errc::denied,
              fmt::format("answering what is offered to project \"{}\" is for "
                          "administrators; {} is none; ask one of them",
                          project, user_name(caller.uid)));
}

void Access::check_admin(const Caller& caller, const std::string& what) const {
  if (!is_admin(caller)) throw not_for_members(caller, what);
}

}  // namespace platter::access
