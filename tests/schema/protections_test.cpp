// tests/schema/protections_test.cpp: whose a property is, and which files say
// nothing of the kind.
#include "platter/schema/protections.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "platter/base/bytes.h"
#include "support/errors.h"
#include "support/folder.h"

namespace platter::schema {
namespace {

namespace data = boost::unit_test::data;
using test::says;

constexpr Act kActs[] = {Act::create, Act::read, Act::update, Act::remove};

Protections with(const std::string& text) {
  const test::TemporaryFolder folder;
  const Path file = folder.path() / "protections.json";
  write_whole(file, as_bytes(text));
  return Protections::load(file);
}

// A rule that says the same of each act.
std::string rule(const std::string& pattern, const std::string& roles) {
  std::string text = R"({"property": ")" + pattern + '"';
  for (const char* act : {"create", "read", "update", "delete"}) {
    text += ", \"" + std::string(act) + "\": [" + roles + "]";
  }
  return text + "}";
}

Protections with_rules(const std::vector<std::string>& rules) {
  std::string text;
  for (const std::string& one : rules) text += (text.empty() ? "" : ",") + one;
  return with("{\"rules\": [" + text + "]}");
}

void check_all(const Protections& protections, Role role, const char* name,
               bool expected) {
  for (const Act act : kActs) {
    BOOST_TEST(protections.may(act, role, name) == expected, name);
  }
}

BOOST_AUTO_TEST_SUITE(schema_protections)

BOOST_AUTO_TEST_CASE(without_any_everybody_may) {
  BOOST_TEST(!Protections().any());
  check_all(Protections(), Role::member, "x", true);
}

BOOST_AUTO_TEST_CASE(roles) {
  const auto protections = with_rules(
      {rule("a", R"("admin")"), rule("m", R"("member")"), rule("e", R"("@")"),
       rule("n", R"("!")"), rule("b", R"("admin", "member")")});
  BOOST_TEST(protections.any());
  check_all(protections, Role::admin, "a", true);
  check_all(protections, Role::member, "a", false);
  for (const char* name : {"m", "e", "b"}) {
    check_all(protections, Role::admin, name, true);
    check_all(protections, Role::member, name, true);
  }
  check_all(protections, Role::admin, "n", false);
  check_all(protections, Role::member, "n", false);
}

BOOST_AUTO_TEST_CASE(a_name_that_no_rule_is_for_is_nobodys) {
  check_all(with("{\"rules\": []}"), Role::admin, "x", false);
  const auto protections = with_rules({rule("a.*", R"("@")")});
  check_all(protections, Role::member, "ab", true);
  // The pattern is the whole name.
  check_all(protections, Role::admin, "ba", false);
  BOOST_CHECK_EXCEPTION(
      protections.check(Act::create, Role::admin, "ba"), Error,
      says(Errc::forbidden, "no rule of the property protections is for ba"));
}

BOOST_AUTO_TEST_CASE(the_first_rule_counts) {
  const auto protections =
      with_rules({rule("acme_.*", R"("admin")"), rule(".*", R"("@")")});
  check_all(protections, Role::member, "acme_rack", false);
  check_all(protections, Role::member, "other", true);
}

BOOST_AUTO_TEST_CASE(each_act_has_its_roles) {
  const auto protections = with_rules({R"({"property": "x", "create": ["@"],
      "read": ["member"], "update": ["admin"], "delete": ["!"]})"});
  const auto may = [&](Act act, Role role) {
    return protections.may(act, role, "x");
  };
  BOOST_TEST(may(Act::create, Role::member));
  BOOST_TEST(may(Act::read, Role::member));
  BOOST_TEST(!may(Act::update, Role::member));
  BOOST_TEST(may(Act::update, Role::admin));
  BOOST_TEST(!may(Act::remove, Role::admin));
  BOOST_CHECK_NO_THROW(protections.check(Act::read, Role::member, "x"));
  BOOST_CHECK_EXCEPTION(
      protections.check(Act::update, Role::member, "x"), Error,
      says(Errc::forbidden, "let only administrators update x"));
  BOOST_CHECK_EXCEPTION(protections.check(Act::remove, Role::admin, "x"), Error,
                        says(Errc::forbidden, "let nobody delete x"));
}

BOOST_AUTO_TEST_CASE(what_may_not_be_read_may_not_be_changed) {
  const auto protections = with_rules({R"({"property": "x", "create": ["@"],
      "read": ["admin"], "update": ["@"], "delete": ["@"]})"});
  BOOST_TEST(protections.may(Act::create, Role::member, "x"));
  BOOST_TEST(!protections.may(Act::update, Role::member, "x"));
  BOOST_TEST(!protections.may(Act::remove, Role::member, "x"));
  BOOST_TEST(protections.may(Act::update, Role::admin, "x"));
}

struct Bad {
  std::string text;
  std::string why;
};
std::ostream& operator<<(std::ostream& out, const Bad& one) {
  return out << one.text;
}

std::string one_rule(const std::string& text) {
  return R"({"rules": [)" + rule(".*", R"("@")") + ", " + text + "]}";
}

const std::vector<Bad> kBad = {
    {"", "is not JSON"},
    {"[]", "one object"},
    {"{}", "the file has \"rules\", a list"},
    {R"({"rules": {}})", "the file has \"rules\", a list"},
    {R"({"rules": [], "rule": 1})", "and nothing else"},
    {one_rule("7"), "rule 2: \"property\" is the regular expression"},
    {one_rule("{}"), "rule 2: \"property\" is the regular expression"},
    {one_rule(rule("[", R"("@")")),
     "rule 2: property \"[\" is no regular expression"},
    {one_rule(R"({"property": "x"})"), "\"create\" is a list of roles"},
    {one_rule(rule("x", "")), "\"create\" is a list of roles"},
    {one_rule(rule("x", R"("owner")")),
     "has roles out of \"admin\", \"member\", \"@\" (anybody) and \"!\" "
     "(nobody); \"owner\" is none"},
    {one_rule(rule("x", "7")), "7 is none"},
    {one_rule(rule("x", R"("@", "admin")")), "by itself only"},
    {one_rule(rule("x", R"("!", "admin")")), "by itself only"},
    {one_rule(R"({"property": "x", "create": ["@"], "read": ["@"],
       "update": ["@"], "delete": ["@"], "purge": ["@"]})"),
     "a rule has property, create, read, update and delete"},
};

BOOST_DATA_TEST_CASE(files_that_are_refused, data::make(kBad), one) {
  const auto told = [&](const Error& error) {
    return says(Errc::invalid, "protections.json")(error) &&
           says(Errc::invalid, one.why)(error);
  };
  BOOST_CHECK_EXCEPTION(with(one.text), Error, told);
}

BOOST_AUTO_TEST_CASE(no_file) {
  BOOST_CHECK_EXCEPTION(Protections::load("/no/such.json"), Error,
                        says(Errc::invalid, "clear schema.protections"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::schema
