// tests/service/protected_test.cpp: free properties that are not everybody's.
#include "platter/service/properties.h"
#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using test::has_code;
using test::says;

// Of what begins with "secret_", "locked_" or "fixed_" members read nothing,
// change nothing, create only.
constexpr const char* kProtections = R"({"rules": [
  {"property": "secret_.*", "create": ["admin"], "read": ["admin"],
   "update": ["admin"], "delete": ["admin"]},
  {"property": "locked_.*", "create": ["admin"], "read": ["@"],
   "update": ["admin"], "delete": ["admin"]},
  {"property": "fixed_.*", "create": ["member"], "read": ["member"],
   "update": ["!"], "delete": ["!"]},
  {"property": "own_.*", "create": ["@"], "read": ["@"], "update": ["@"],
   "delete": ["@"]}]})";

struct Fixture : test::TestService {
  Fixture() { protect(kProtections); }

  void by_member(const std::string& name, std::optional<std::string> value) {
    images().set_properties(member(), x, {{name, std::move(value)}});
  }
  void check_forbidden(const std::string& name,
                       std::optional<std::string> value,
                       const std::string& why) {
    const auto before = record(x)->properties;
    BOOST_CHECK_EXCEPTION(by_member(name, std::move(value)), Error,
                          says(Errc::forbidden, why));
    BOOST_CHECK(record(x)->properties == before);
  }
  std::optional<std::string> value(const std::string& name) {
    return property(*record(x), name);
  }

  image::Number x = create("x");
};

BOOST_FIXTURE_TEST_SUITE(service_protected, Fixture)

BOOST_AUTO_TEST_CASE(what_is_for_admins_members_only_read) {
  check_forbidden("locked_a", "1", "only administrators create locked_a");
  set(x, "locked_a", "1");
  check_forbidden("locked_a", "2", "only administrators update locked_a");
  check_forbidden("locked_a", std::nullopt,
                  "only administrators delete locked_a");
  BOOST_CHECK_NO_THROW(by_member("locked_a", "1"));
  set(x, "locked_a", "2");
  BOOST_TEST(value("locked_a").value() == "2");
  images().set_properties(admin(), x, {{"locked_a", std::nullopt}});
  BOOST_TEST(!value("locked_a"));
}

BOOST_AUTO_TEST_CASE(what_may_not_be_read_is_as_if_not_set) {
  set(x, "secret_a", "1");
  set(x, "own_a", "1");
  BOOST_TEST(images().may_read(admin(), "secret_a"));
  BOOST_TEST(!images().may_read(member(), "secret_a"));
  BOOST_TEST(images().may_read(member(), "own_a"));
  const auto shown = images().readable(member(), record(x))->properties;
  BOOST_TEST(shown.size() == 1u);
  BOOST_TEST(shown.count("own_a") == 1u);
  BOOST_CHECK(images().readable(admin(), record(x)) == record(x));
  BOOST_CHECK_EXCEPTION(by_member("secret_a", std::nullopt), Error,
                        has_code(Errc::no_data));
  // The value that is there is not told either.
  check_forbidden("secret_a", "1", "only administrators update secret_a");
  check_forbidden("secret_b", "1", "only administrators create secret_b");
}

BOOST_AUTO_TEST_CASE(what_nobody_changes) {
  by_member("fixed_a", "1");
  check_forbidden("fixed_a", "2", "nobody update fixed_a");
  BOOST_CHECK_EXCEPTION(set(x, "fixed_a", "2"), Error,
                        has_code(Errc::forbidden));
  BOOST_CHECK_NO_THROW(set(x, "fixed_a", "1"));
}

BOOST_AUTO_TEST_CASE(what_no_rule_is_for_is_nobodys) {
  check_forbidden("other", "1", "no rule of the property protections");
  BOOST_CHECK_EXCEPTION(set(x, "other", "1"), Error, has_code(Errc::forbidden));
  rules().protections = {};
  by_member("other", "1");
  protect(kProtections);
  BOOST_TEST(!images().may_read(admin(), "other"));
}

BOOST_AUTO_TEST_CASE(only_free_names_are_protected) {
  registry().create("m", "");
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{
           {"min_disk", "3"},
           {"visibility", "shared"},
           {"tag.lts", ""},
           {"member.m", "pending"},
           {"protected", "true"}}) {
    BOOST_CHECK_NO_THROW(by_member(name, value));
    BOOST_TEST(images().may_read(member(), name));
    if (name != "visibility") {
      BOOST_CHECK_NO_THROW(by_member(name, std::nullopt));
    }
  }
  BOOST_TEST(!images().may_read(member(), "stored_size"));
}

BOOST_AUTO_TEST_CASE(many_at_once_are_all_or_none) {
  BOOST_CHECK_THROW(
      images().set_properties(member(), x, {{"own_a", "1"}, {"locked_a", "1"}}),
      Error);
  BOOST_TEST(!value("own_a"));
}

BOOST_AUTO_TEST_CASE(the_schema_still_counts) {
  protect(R"({"rules": [{"property": ".*", "create": ["@"], "read": ["@"],
    "update": ["@"], "delete": ["@"]}]})");
  by_member("hw_disk_bus", "virtio");
  BOOST_CHECK_EXCEPTION(by_member("hw_disk_bus", "sataa"), Error,
                        has_code(Errc::invalid));
  schema::Options strict;
  strict.refuse_unknown = true;
  rules().schema = schema::Schema::load(strict);
  BOOST_CHECK_EXCEPTION(by_member("other", "1"), Error,
                        says(Errc::invalid, "no schema defines"));
}

BOOST_AUTO_TEST_CASE(names_that_are_not_free) {
  BOOST_TEST(is_free("os_distro"));
  BOOST_TEST(is_free("tags"));
  for (const char* name : {"id", "status", "min_disk", "tag.x", "member.x"}) {
    BOOST_TEST(!is_free(name));
  }
  const auto reserved = reserved_names();
  for (const char* name :
       {"id", "status", "visibility", "tag.", "member.", "name", "tags"}) {
    BOOST_TEST(std::ranges::count(reserved, name) == 1, name);
  }
  for (const std::string& name : reserved) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST((name == "tag" || name == "member" || name == "name" ||
                  name == "tags" || name == "members" || !is_free(name)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
