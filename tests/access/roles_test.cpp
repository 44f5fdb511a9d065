// tests/access/roles_test.cpp: projects are groups of the host.
#include <boost/test/unit_test.hpp>

#include "platter/access/access.h"
#include "registry.h"

namespace platter::access {
namespace {

using Name = std::optional<std::string>;

// A group that every host has; what it is called is asked.
constexpr gid_t kHostGroup = 1;
const std::string& host_group() {
  static const std::string name = group_name(kHostGroup).value();
  return name;
}

constexpr Caller kRoot{0, 0, 0};
constexpr Caller kOfHostGroup{2003, kHostGroup, 0};
constexpr Caller kStranger{2004, 60'000, 0};

Policy policy() {
  Policy policy;
  policy.owner = 2001;
  policy.least_auto_group = kHostGroup;
  return policy;
}

struct Fixture : test::Registry {
  Fixture() : Registry({"p", "q"}) {}
};

BOOST_FIXTURE_TEST_SUITE(access_roles, Fixture)

BOOST_AUTO_TEST_CASE(a_projects_group_is_configured_or_recorded_or_its_name) {
  projects.create(host_group(), "");
  Policy configured = policy();
  configured.project_groups = {{"q", 3002}};
  const Access access(configured, projects);
  const auto set_group = [&](const std::string& project,
                             const std::string& group) {
    projects.update(projects.find(project)->number,
                    [&](image::Project& p) { p.group = group; });
  };

  BOOST_CHECK(access.group_of(host_group()) == kHostGroup);
  BOOST_CHECK(!access.group_of("p"));  // no group is called so
  set_group("p", host_group());
  BOOST_CHECK(access.group_of("p") == kHostGroup);
  set_group("p", "4711");
  BOOST_CHECK(access.group_of("p") == 4711u);
  set_group("p", "no group is called so");
  BOOST_CHECK(!access.group_of("p"));
  set_group("q", host_group());
  BOOST_CHECK(access.group_of("q") == 3002u);
  set_group(host_group(), "4711");
  BOOST_CHECK(access.group_of(host_group()) == 4711u);
}

BOOST_AUTO_TEST_CASE(what_is_no_project_has_no_group) {
  Policy configured = policy();
  configured.project_groups = {{"unknown", 3002}};
  const Access access(configured, projects);
  BOOST_CHECK(!access.group_of("unknown"));
  BOOST_CHECK(!access.group_of(host_group()));
  BOOST_CHECK(access.role_in(kOfHostGroup, host_group()) == Role::none);
  // A number names a group, but no project stands for one by its name.
  projects.create("1", "");
  BOOST_CHECK(!access.group_of("1"));
}

BOOST_AUTO_TEST_CASE(members_of_a_group_bring_its_project_into_being) {
  const Access access(policy(), projects);
  const std::string name = host_group();
  BOOST_TEST(access.may_come_into_being(kOfHostGroup, name));
  BOOST_TEST(!access.may_come_into_being(kStranger, name));
  BOOST_TEST(!access.may_come_into_being(kRoot, name));
  BOOST_TEST(!access.may_come_into_being(kOfHostGroup, "no-such-group"));
  BOOST_TEST(!access.may_come_into_being(kOfHostGroup, "1"));
  BOOST_TEST(!access.may_come_into_being(kOfHostGroup, ""));
  BOOST_TEST(!access.may_come_into_being(kOfHostGroup, "../x"));
  projects.create(name, "");
  BOOST_TEST(!access.may_come_into_being(kOfHostGroup, name));
}

BOOST_AUTO_TEST_CASE(the_policy_limits_what_comes_into_being) {
  Policy none = policy();
  none.auto_projects = false;
  BOOST_TEST(
      !Access(none, projects).may_come_into_being(kOfHostGroup, host_group()));
  Policy above = policy();
  above.least_auto_group = kHostGroup + 1;
  BOOST_TEST(
      !Access(above, projects).may_come_into_being(kOfHostGroup, host_group()));
  // The group of nobody in particular is the system's.
  if (const auto nobodys = group_name(65534)) {
    BOOST_TEST(!Access(policy(), projects)
                    .may_come_into_being({2003, 65534, 0}, *nobodys));
  }
  Policy configured = above;
  configured.project_groups = {{"web", kHostGroup}};
  const Access access(configured, projects);
  BOOST_TEST(access.may_come_into_being(kOfHostGroup, "web"));
  BOOST_TEST(!access.may_come_into_being(kStranger, "web"));
}

BOOST_AUTO_TEST_CASE(mine_is_the_project_of_the_callers_own_group) {
  Policy configured = policy();
  configured.project_groups = {{"p", 3001}, {"q", 3002}};
  const Access access(configured, projects);
  BOOST_CHECK(access.project_of({2003, 3001, 0}) == Name("p"));
  BOOST_CHECK(access.project_of({2003, 3002, 0}) == Name("q"));
  BOOST_CHECK(access.project_of({0, 3002, 0}) == Name("q"));
  BOOST_CHECK(access.project_of(kStranger) == Name());
  BOOST_CHECK(access.project_of(kRoot) == Name());
  // One that is not there yet.
  BOOST_CHECK(access.project_of(kOfHostGroup) == Name(host_group()));
}

BOOST_AUTO_TEST_CASE(many_names_that_are_looked_for_do_no_harm) {
  Policy configured = policy();
  configured.project_groups = {{"p", kHostGroup}};
  const Access access(configured, projects);
  for (int i = 0; i < 5000; ++i) {
    BOOST_REQUIRE(
        !access.may_come_into_being(kStranger, "none-" + std::to_string(i)));
  }
  BOOST_CHECK(access.role_in(kOfHostGroup, "p") == Role::member);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::access
