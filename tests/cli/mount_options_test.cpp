// tests/cli/mount_options_test.cpp
#include "platter/cli/mount_options.h"

#include <boost/test/unit_test.hpp>

#include "support/errors.h"

namespace platter::cli {

namespace {

MountOptions parse(std::string_view list) {
  MountOptions options;
  add_mount_options(options, list);
  return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mount_options)

BOOST_AUTO_TEST_CASE(what_mount_and_systemd_pass_on_is_dropped) {
  const MountOptions options = parse(
      "rw,defaults,auto,noauto,user,users,user=ana,owner,group,nofail,_netdev,"
      "exec,suid,dev,atime,relatime,x-systemd.automount,X-mount.mkdir,"
      "comment=root's,subtype=platter");
  BOOST_CHECK(options.settings.empty());
  BOOST_CHECK(options.kernel.empty());
  BOOST_CHECK(options.source.empty());
}

BOOST_AUTO_TEST_CASE(what_restricts_a_mount_reaches_the_kernel) {
  const std::vector<std::string> expected = {"ro", "noexec", "nosuid", "nodev",
                                             "noatime"};
  BOOST_TEST(parse("ro,noexec,nosuid,nodev,noatime").kernel == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(settings_are_taken_with_their_values) {
  const MountOptions options =
      parse("allow_other,settle=1,,groups=web=team:shop=sales,fsname=/srv/x");
  BOOST_REQUIRE_EQUAL(options.settings.size(), 3u);
  BOOST_CHECK_EQUAL(options.settings[0].option, "allow_other");
  BOOST_CHECK_EQUAL(options.settings[0].value, "true");
  BOOST_CHECK_EQUAL(options.settings[1].option, "settle");
  BOOST_CHECK_EQUAL(options.settings[1].value, "1");
  BOOST_CHECK_EQUAL(options.settings[2].value, "web=team:shop=sales");
  BOOST_CHECK_EQUAL(options.source, "/srv/x");
}

BOOST_AUTO_TEST_CASE(an_unknown_option_is_refused_by_name) {
  BOOST_CHECK_EXCEPTION(parse("ro,frobnicate=3"), Error,
                        test::says(Errc::invalid, "frobnicate=3"));
  BOOST_CHECK_EXCEPTION(parse("settle"), Error,
                        test::says(Errc::invalid, "settle needs a value"));
}

BOOST_AUTO_TEST_CASE(a_helper_takes_options_after_its_positionals) {
  const HelperCall call = parse_helper_call(
      {"/srv/store", "/mnt/img", "-sn", "-o", "rw,ro,cache=16MiB", "-v"});
  BOOST_CHECK_EQUAL(call.source, "/srv/store");
  BOOST_CHECK_EQUAL(call.target, "/mnt/img");
  BOOST_CHECK(call.verbose);
  BOOST_CHECK(!call.fake);
  BOOST_CHECK_EQUAL(call.options.kernel.at(0), "ro");
  BOOST_CHECK_EQUAL(call.options.settings.at(0).value, "16MiB");
}

BOOST_AUTO_TEST_CASE(a_helper_takes_options_joined_and_before) {
  const HelperCall call =
      parse_helper_call({"-f", "-oro", "-t", "fuse.platter", "/s", "/m"});
  BOOST_CHECK(call.fake);
  BOOST_CHECK_EQUAL(call.options.kernel.at(0), "ro");
  BOOST_CHECK_EQUAL(call.source, "/s");
}

BOOST_AUTO_TEST_CASE(a_helper_refuses_half_a_command_line) {
  const auto invalid = test::has_code(Errc::invalid);
  BOOST_CHECK_EXCEPTION(parse_helper_call({"/s"}), Error, invalid);
  BOOST_CHECK_EXCEPTION(parse_helper_call({"/s", "/m", "/x"}), Error, invalid);
  BOOST_CHECK_EXCEPTION(parse_helper_call({"/s", "/m", "-o"}), Error, invalid);
  BOOST_CHECK_EXCEPTION(parse_helper_call({"/s", "/m", "-q"}), Error, invalid);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace platter::cli
