// tests/access/access_test.cpp: who may do what, told from uid and gid.
#include "platter/access/access.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "support/errors.h"

namespace platter::access {
namespace {

using image::Record;
using image::Status;
using test::has_code;
using test::says;

// None of these has a process, so that no group is asked of the kernel.
constexpr Caller kRoot{0, 0, 0};
constexpr Caller kOwner{2001, 2001, 0};  // of the store
constexpr Caller kAdmin{2002, 3000, 0};
constexpr Caller kMember{2003, 3001, 0};
constexpr Caller kOther{2004, 3002, 0};  // member of another project
constexpr Caller kStranger{2005, 2005, 0};

const Access& rules() {
  static const Access access({.owner = 2001,
                              .admin_group = 3000,
                              .project_groups = {{"p", 3001}, {"q", 3002}}});
  return access;
}

Record image_of(const std::string& project, Status status = Status::active) {
  Record record;
  record.project = project;
  record.name = "debian";
  record.status = status;
  return record;
}

BOOST_AUTO_TEST_SUITE(access_rules)

BOOST_AUTO_TEST_CASE(roles_follow_from_uid_and_group) {
  const auto role = [](const Caller& caller, const std::string& project) {
    return rules().role_in(caller, project);
  };
  for (const Caller& admin : {kRoot, kOwner, kAdmin}) {
    BOOST_TEST(rules().is_admin(admin));
    for (const std::string project : {"p", "q", "unknown"}) {
      BOOST_CHECK(role(admin, project) == Role::admin);
    }
  }
  BOOST_CHECK(role(kMember, "p") == Role::member);
  BOOST_CHECK(role(kMember, "q") == Role::none);
  BOOST_CHECK(role(kMember, "unknown") == Role::none);
  BOOST_CHECK(role(kOther, "q") == Role::member);
  BOOST_CHECK(role(kStranger, "p") == Role::none);
  BOOST_TEST(!rules().is_admin(kMember));
}

BOOST_AUTO_TEST_CASE(without_an_admin_group_nobody_is_in_it) {
  const Access access({.owner = 2001, .admin_group = {}, .project_groups = {}});
  BOOST_TEST(!access.is_admin(kAdmin));
  BOOST_TEST(!access.is_admin({2005, 0, 0}));  // root's group is not root
}

BOOST_AUTO_TEST_CASE(members_use_and_change_their_images) {
  for (const Caller& caller : {kRoot, kOwner, kAdmin, kMember}) {
    rules().check_see(caller, image_of("p"));
    rules().check_read_data(caller, image_of("p"));
    rules().check_change(caller, image_of("p"));
    rules().check_add(caller, "p");
  }
}

BOOST_AUTO_TEST_CASE(to_others_an_image_does_not_exist) {
  const auto hidden = says(Errc::not_found, "there is no image \"debian\"");
  for (const Caller& caller : {kOther, kStranger}) {
    for (const Status status : {Status::active, Status::deactivated}) {
      const Record image = image_of("p", status);
      BOOST_CHECK_EXCEPTION(rules().check_see(caller, image), Error, hidden);
      BOOST_CHECK_EXCEPTION(rules().check_read_data(caller, image), Error,
                            hidden);
      BOOST_CHECK_EXCEPTION(rules().check_change(caller, image), Error, hidden);
    }
    BOOST_CHECK_EXCEPTION(rules().check_add(caller, "p"), Error,
                          says(Errc::denied, "project \"p\""));
  }
}

BOOST_AUTO_TEST_CASE(deactivated_data_is_for_administrators) {
  const Record image = image_of("p", Status::deactivated);
  rules().check_read_data(kAdmin, image);
  rules().check_see(kMember, image);
  rules().check_change(kMember, image);
  BOOST_CHECK_EXCEPTION(rules().check_read_data(kMember, image), Error,
                        says(Errc::denied, "deactivated"));
}

BOOST_AUTO_TEST_CASE(some_acts_are_for_administrators) {
  rules().check_admin(kOwner, "making an image public");
  BOOST_CHECK_EXCEPTION(rules().check_admin(kMember, "making an image public"),
                        Error, says(Errc::forbidden, "making an image public"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::access
