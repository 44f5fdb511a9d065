// tests/access/process_test.cpp: what the kernel says of real processes.
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "platter/access/access.h"
#include "registry.h"

namespace platter::access {
namespace {

// A process that prepares itself, then waits to be killed.
class Child {
 public:
  template <typename Prepare>
  explicit Child(Prepare prepare) {
    int ready[2];
    BOOST_REQUIRE_EQUAL(pipe(ready), 0);
    pid_ = fork();
    BOOST_REQUIRE_GE(pid_, 0);
    if (pid_ == 0) {
      if (prepare() && write(ready[1], "", 1) == 1) {
        while (true) pause();
      }
      _exit(1);
    }
    close(ready[1]);
    char byte;
    const ssize_t told = read(ready[0], &byte, 1);
    close(ready[0]);
    BOOST_REQUIRE_EQUAL(told, 1);
  }
  ~Child() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  pid_t pid() const { return pid_; }
  // Kills it and waits until it is dead; it stays to be asked about.
  void die() const {
    kill(pid_, SIGKILL);
    siginfo_t ignored;
    waitid(P_PID, static_cast<id_t>(pid_), &ignored, WEXITED | WNOWAIT);
  }

 private:
  pid_t pid_;
};

bool as_is() { return true; }

boost::test_tools::assertion_result may_take_groups(
    boost::unit_test::test_unit_id) {
  return geteuid() == 0;
}

std::vector<gid_t> own_groups() {
  std::vector<gid_t> groups(static_cast<std::size_t>(getgroups(0, nullptr)));
  getgroups(static_cast<int>(groups.size()), groups.data());
  std::ranges::sort(groups);
  return groups;
}

BOOST_AUTO_TEST_SUITE(access_process)

BOOST_AUTO_TEST_CASE(groups_are_those_of_the_process) {
  auto groups = supplementary_groups({geteuid(), getegid(), getpid()});
  std::ranges::sort(groups);
  BOOST_TEST(groups == own_groups(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(supplementary_groups_make_members_and_administrators,
                     *boost::unit_test::precondition(may_take_groups)) {
  const Child child([] {
    const gid_t groups[] = {3001, 70000};
    return setgroups(2, groups) == 0 && setgid(2003) == 0 && setuid(2003) == 0;
  });
  const Caller caller{2003, 2003, child.pid()};
  const test::Registry registry({"o", "p", "q"});
  Policy policy;
  policy.owner = 2001;
  policy.admin_group = 3000;
  policy.project_groups = {{"o", 3000}, {"p", 3001}, {"q", 70000}};
  const Access member(policy, registry.projects);
  policy.admin_group = 70000;
  const Access admin(policy, registry.projects);

  BOOST_CHECK(member.role_in(caller, "o") == Role::none);
  BOOST_CHECK(member.role_in(caller, "p") == Role::member);
  BOOST_CHECK(admin.role_in(caller, "p") == Role::admin);
  // The first by name, unless one is of its own group.
  BOOST_CHECK(member.project_of(caller) == std::optional<std::string>("p"));
  BOOST_CHECK(member.project_of({2003, 70000, child.pid()}) ==
              std::optional<std::string>("q"));
  // Somebody else's request, whose process is gone and its pid taken again.
  BOOST_CHECK(member.role_in({2004, 2003, child.pid()}, "p") == Role::none);
  BOOST_CHECK(member.role_in({2003, 2003, 0}, "p") == Role::none);
}

BOOST_AUTO_TEST_CASE(a_process_that_is_gone_has_no_groups) {
  pid_t gone;
  {
    const Child child(as_is);
    gone = child.pid();
  }
  BOOST_TEST(supplementary_groups({geteuid(), getegid(), gone}).empty());
  BOOST_TEST(!is_dying_by_signal(gone));
}

BOOST_AUTO_TEST_CASE(a_killed_process_is_told_from_others) {
  const Child child([] {
    // Looks like the end of a name and the words after it.
    return prctl(PR_SET_NAME, ") Z 1 1 1\n 1") == 0;
  });
  BOOST_TEST(!is_dying_by_signal(child.pid()));
  BOOST_TEST(!is_dying_by_signal(getpid()));
  BOOST_TEST(!is_dying_by_signal(0));
  child.die();
  BOOST_TEST(is_dying_by_signal(child.pid()));
}

BOOST_AUTO_TEST_CASE(users_have_names_or_numbers) {
  BOOST_TEST(user_name(0) == "root");
  BOOST_TEST(user_name(4'000'000'000) == "4000000000");
}

BOOST_AUTO_TEST_CASE(groups_have_names_and_numbers) {
  const auto name = group_name(0);
  BOOST_REQUIRE(name);
  BOOST_CHECK(group_id(*name) == 0u);
  BOOST_CHECK(group_id("4000000000") == 4'000'000'000);
  BOOST_CHECK(!group_name(4'000'000'000));
  for (const std::string none :
       {"", "no group is called so", "12x", "-1", "4294967295", "4294967296"}) {
    BOOST_CHECK(!group_id(none));
  }
}

BOOST_AUTO_TEST_CASE(a_process_has_the_name_of_its_program) {
  const Child child([] { return prctl(PR_SET_NAME, "set\n(fattr)\n") == 0; });
  BOOST_TEST(command_of(child.pid()) == "set?(fattr)?");
  BOOST_TEST(command_of(0) == "?");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::access
