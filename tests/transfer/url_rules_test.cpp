// tests/transfer/url_rules_test.cpp
#include "platter/transfer/url_rules.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support/errors.h"

namespace platter::transfer {
namespace {

namespace data = boost::unit_test::data;
using test::has_code;
using test::says;

const Rules kDefault;

Rules rules_with(std::vector<std::string> allow,
                 std::vector<std::string> deny = {}) {
  Rules rules;
  for (const auto& text : allow)
    rules.allow.push_back(HostPattern::parse(text));
  for (const auto& text : deny) rules.deny.push_back(HostPattern::parse(text));
  return rules;
}

Rules everything() {
  Rules rules;
  rules.allow_private = true;
  rules.schemes = {"http", "https", "file"};
  for (unsigned port = 1; port <= 65535; ++port) {
    rules.ports.insert(static_cast<std::uint16_t>(port));
  }
  return rules;
}

bool passes(const Rules& rules, const std::string& host) {
  try {
    check_url(rules, "https://" + host + "/f");
    return true;
  } catch (const Error& refused) {
    BOOST_CHECK(refused.code() == Errc::forbidden);
    return false;
  }
}

bool reaches(const Rules& rules, const std::string& host,
             const std::string& address) {
  const Url url = check_url(rules, "https://" + host + "/f");
  try {
    check_address(rules, url, *Address::parse(address));
    return true;
  } catch (const Error& refused) {
    BOOST_CHECK(refused.code() == Errc::forbidden);
    return false;
  }
}

BOOST_AUTO_TEST_SUITE(transfer_url_rules)

struct Form {
  const char* written;
  const char* text;
};
std::ostream& operator<<(std::ostream& out, const Form& form) {
  return out << form.written;
}

const Form kForms[] = {
    {"https://example.org/a/b.qcow2", "https://example.org/a/b.qcow2"},
    {"HTTPS://EXAMPLE.Org", "https://example.org/"},
    {"http://example.org:80/a", "http://example.org/a"},
    {"http://example.org:8080/a", "http://example.org:8080/a"},
    {"https://example.org./a?b=c#d", "https://example.org/a?b=c"},
    {"https://example.org?b", "https://example.org/?b"},
    {"https://a-b.c_d.example.org/%20", "https://a-b.c_d.example.org/%20"},
    {"https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"},
    {"http://192.0.2.1/x", "http://192.0.2.1/x"},
    {"http://[2001:DB8::1]:81/x", "http://[2001:db8::1]:81/x"},
    {"http://[::ffff:192.0.2.1]/x", "http://192.0.2.1/x"},
    {"https://example.org/a@b:c", "https://example.org/a@b:c"},
};

BOOST_DATA_TEST_CASE(urls_have_one_form, data::make(kForms), form) {
  BOOST_TEST(check_url(everything(), form.written).text == form.text);
}

const char* const kNoUrls[] = {
    "",
    "example.org",
    "//example.org/",
    "https:/example.org/",
    "https:example.org",
    "https://",
    "https:///a",
    "https://?a",
    "://example.org/",
    // Credentials
    "https://user@example.org/",
    "https://user:pass@example.org/",
    "https://@example.org/",
    "https://example.org@evil.example/",
    "https://example.org%40evil.example/",
    // What some read as another host
    "https://good.example\\@evil.example/",
    "https://good.example\\.evil.example/",
    "https://good.example /",
    " https://good.example/",
    "https://good.example\t/",
    "https://good.example\n/",
    "https://good.example\r\nHost:x/",
    "https://good.example/\x7f",
    "https://b\xc3\xbc"
    "cher.example/",
    "https://good\xe3\x80\x82"
    "example/",
    "https://ex%61mple.org/",
    "https://127.0.0.1%2f.example.org/",
    "https://exa..mple.org/",
    "https://.example.org/",
    "https://example.org../",
    "https://./",
    "https://*.example.org/",
    "https://exa,mple.org/",
    // Numbers for addresses
    "http://2130706433/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0x7f.1/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://127.0.0.01/",
    "http://00127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.0.0.0x1/",
    "http://256.1.1.1/",
    "http://1.2.3.4.5/",
    "http://example.1/",
    "http://%31%32%37.0.0.1/",
    "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/",
    // Brackets
    "http://[::1/",
    "http://::1/",
    "http://[::1%25lo]/",
    "http://[fe80::1%lo]/",
    "http://[127.0.0.1]/",
    "http://[example.org]/",
    "http://[::1]x/",
    "http://[]/",
    // Ports
    "http://example.org:/",
    "http://example.org:0/",
    "http://example.org:65536/",
    "http://example.org:-1/",
    "http://example.org:8o/",
    "http://example.org:80:80/",
    "http://[::1]80/",
    // Files of other hosts
    "file://example.org/etc/passwd",
    "file:/etc/passwd",
    "file:///a%00b",
};

BOOST_DATA_TEST_CASE(what_hides_its_host_is_no_url, data::make(kNoUrls), text) {
  BOOST_CHECK_EXCEPTION(check_url(everything(), text), Error,
                        has_code(Errc::invalid));
}

BOOST_AUTO_TEST_CASE(a_long_url_is_none) {
  BOOST_CHECK_EXCEPTION(
      check_url(kDefault, "https://example.org/" + std::string(9000, 'a')),
      Error, has_code(Errc::invalid));
}

BOOST_AUTO_TEST_CASE(messages_tell_no_secrets) {
  for (const char* const url :
       {"https://user:secret@example.org/", "http://example.org:1/?k=secret",
        "https://user:secret@exa mple.org/", "https://x y/?secret"}) {
    BOOST_CHECK_EXCEPTION(
        check_url(kDefault, url), Error, [](const Error& error) {
          return std::string(error.what()).find("secret") == std::string::npos;
        });
  }
}

BOOST_AUTO_TEST_CASE(schemes_are_those_that_are_allowed) {
  for (const char* const url :
       {"ftp://example.org/a", "gopher://example.org/", "file:///etc/passwd",
        "dict://example.org/", "scp://example.org/a", "ws://example.org/"}) {
    BOOST_CHECK_EXCEPTION(check_url(kDefault, url), Error,
                          has_code(Errc::forbidden));
  }
  Rules rules;
  rules.schemes = {"https"};
  BOOST_CHECK_EXCEPTION(check_url(rules, "http://example.org/"), Error,
                        says(Errc::forbidden, "http://"));
  // Whatever the rules say of what nobody here can fetch.
  rules.schemes = {"ftp"};
  BOOST_CHECK_EXCEPTION(check_url(rules, "ftp://example.org/"), Error,
                        has_code(Errc::forbidden));
  rules.schemes = {"file"};
  BOOST_TEST(check_url(rules, "file:///srv/a%20b.qcow2").path ==
             "/srv/a b.qcow2");
}

BOOST_AUTO_TEST_CASE(ports_are_those_that_are_allowed) {
  Rules rules;
  BOOST_CHECK_NO_THROW(check_url(rules, "http://example.org:443/"));
  BOOST_CHECK_EXCEPTION(check_url(rules, "http://example.org:22/"), Error,
                        says(Errc::forbidden, "port 22"));
  rules.ports = {8443};
  BOOST_CHECK_NO_THROW(check_url(rules, "https://example.org:8443/"));
  BOOST_CHECK_EXCEPTION(check_url(rules, "https://example.org/"), Error,
                        says(Errc::forbidden, "port 443"));
}

BOOST_AUTO_TEST_CASE(private_addresses_are_refused) {
  for (const char* const host :
       {"127.0.0.1", "10.1.2.3", "169.254.169.254", "0.0.0.0", "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]", "[fe80::1]", "[fd00::1]", "[ff02::1]", "224.0.0.1",
        "255.255.255.255", "100.64.0.1"}) {
    BOOST_TEST(!passes(kDefault, host), host);
  }
  BOOST_CHECK(passes(kDefault, "8.8.8.8"));
  BOOST_CHECK(passes(kDefault, "[2606:4700:4700::1111]"));
  BOOST_CHECK_EXCEPTION(check_url(kDefault, "http://169.254.169.254/latest/"),
                        Error, says(Errc::forbidden, "cloud metadata"));
}

BOOST_AUTO_TEST_CASE(names_that_lead_to_private_addresses_are_refused) {
  BOOST_CHECK(reaches(kDefault, "example.org", "8.8.8.8"));
  BOOST_CHECK(!reaches(kDefault, "example.org", "127.0.0.1"));
  BOOST_CHECK(!reaches(kDefault, "example.org", "::ffff:10.0.0.1"));
  Rules all;
  all.allow_private = true;
  BOOST_CHECK(reaches(all, "example.org", "127.0.0.1"));
}

BOOST_AUTO_TEST_CASE(an_allow_list_is_all_that_is_allowed) {
  const Rules rules = rules_with({"example.org", "*.example.com", "192.0.2.9"});
  BOOST_CHECK(reaches(rules, "example.org", "8.8.8.8"));
  BOOST_CHECK(reaches(rules, "EXAMPLE.ORG.", "8.8.8.8"));
  BOOST_CHECK(reaches(rules, "a.b.example.com", "8.8.8.8"));
  BOOST_CHECK(!reaches(rules, "example.com", "8.8.8.8"));
  BOOST_CHECK(!reaches(rules, "badexample.com", "8.8.8.8"));
  BOOST_CHECK(!reaches(rules, "sub.example.org", "8.8.8.8"));
  BOOST_CHECK(!passes(rules, "8.8.8.8"));
  // Without addresses on the list nothing needs to be looked up.
  BOOST_CHECK(!passes(rules_with({"example.org"}), "example.net"));
}

BOOST_AUTO_TEST_CASE(an_allow_list_beats_a_deny_list) {
  const Rules rules = rules_with({"*.example.org"}, {"bad.example.org", "*"});
  BOOST_CHECK(passes(rules, "bad.example.org"));
  BOOST_CHECK(!passes(rules, "other.example"));
}

BOOST_AUTO_TEST_CASE(a_deny_list_is_all_that_is_denied) {
  const Rules rules = rules_with(
      {}, {"bad.example", "*.evil.example", "8.8.8.0/24", "2001:4860::/32"});
  BOOST_CHECK(!passes(rules, "bad.example"));
  BOOST_CHECK(!passes(rules, "BAD.example."));
  BOOST_CHECK(!passes(rules, "x.evil.example"));
  BOOST_CHECK(passes(rules, "evil.example"));
  BOOST_CHECK(passes(rules, "good.example"));
  BOOST_CHECK(!passes(rules, "8.8.8.8"));
  BOOST_CHECK(!passes(rules, "[::ffff:8.8.8.8]"));
  // By another road.
  BOOST_CHECK(!passes(rules, "[64:ff9b::8.8.8.8]"));
  BOOST_CHECK(!reaches(rules, "good.example", "8.8.8.8"));
  BOOST_CHECK(!reaches(rules, "good.example", "2001:4860:4860::8888"));
  BOOST_CHECK(reaches(rules, "good.example", "1.1.1.1"));
}

BOOST_AUTO_TEST_CASE(who_is_named_may_be_private) {
  const Rules rules = rules_with(
      {"*", "mirror.example", "10.0.0.0/8", "fd00::7", "*.lan.example"});
  BOOST_CHECK(reaches(rules, "mirror.example", "192.168.1.1"));
  BOOST_CHECK(reaches(rules, "other.example", "10.1.2.3"));
  BOOST_CHECK(reaches(rules, "other.example", "fd00::7"));
  BOOST_CHECK(passes(rules, "10.1.2.3"));
  BOOST_CHECK(!passes(rules, "192.168.1.1"));
  BOOST_CHECK(!reaches(rules, "other.example", "192.168.1.1"));
  BOOST_CHECK(!reaches(rules, "other.example", "fd00::8"));
  // A star names nobody.
  BOOST_CHECK(!reaches(rules, "a.lan.example", "192.168.1.1"));
  BOOST_CHECK(reaches(rules, "a.lan.example", "8.8.8.8"));
}

BOOST_AUTO_TEST_CASE(behind_a_proxy_only_names_can_be_held_against_rules) {
  const auto unresolved = [](const Rules& rules, const std::string& host) {
    check_unresolved(rules, check_url(rules, "https://" + host + "/"));
  };
  BOOST_CHECK_NO_THROW(unresolved(kDefault, "example.org"));
  for (const char* const host :
       {"localhost", "a.localhost", "metadata.google.internal", "nas.local"}) {
    BOOST_CHECK_EXCEPTION(unresolved(kDefault, host), Error,
                          says(Errc::forbidden, "not public"));
  }
  BOOST_CHECK_NO_THROW(unresolved(kDefault, "notlocal"));
  BOOST_CHECK_NO_THROW(unresolved(rules_with({"localhost"}), "localhost"));
  BOOST_CHECK_EXCEPTION(unresolved(rules_with({"10.0.0.0/8"}), "example.org"),
                        Error, has_code(Errc::forbidden));
}

struct Redirect {
  const char* from;
  const char* location;
  const char* to;
};
std::ostream& operator<<(std::ostream& out, const Redirect& redirect) {
  return out << redirect.location;
}

const Redirect kRedirects[] = {
    {"http://example.org/a/b", "https://example.net/c",
     "https://example.net/c"},
    {"http://example.org/a/b", "//example.net/c", "http://example.net/c"},
    {"http://example.org/a/b?q", "/c", "http://example.org/c"},
    {"http://example.org/a/b", "c", "http://example.org/a/c"},
    {"http://example.org/a/b", "../c", "http://example.org/c"},
    {"http://example.org/a/b", "?c=//d:e", "http://example.org/a/b?c=//d:e"},
    {"https://example.org/a", "c:80/d", ""},
    {"https://example.org/a", "", ""},
    {"https://example.org:443/a", "/b", "https://example.org/b"},
};

BOOST_DATA_TEST_CASE(redirects_lead_where_they_say, data::make(kRedirects),
                     one) {
  const Url from = check_url(kDefault, one.from);
  if (*one.to) {
    BOOST_TEST(check_redirect(kDefault, from, one.location, false).text ==
               one.to);
  } else {
    BOOST_CHECK_THROW(check_redirect(kDefault, from, one.location, false),
                      Error);
  }
}

const char* const kTricks[] = {
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1/",
    "//127.0.0.1/",
    "//2130706433/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::1]/",
    "http://user@example.org/",
    "//user@example.org/",
    "http://example.org:22/",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "ftp://example.org/",
    "gopher://example.org/",
    "data:,hello",
    "http:\\\\127.0.0.1/",
    "/\\127.0.0.1/",
};

BOOST_DATA_TEST_CASE(redirects_are_held_against_the_rules, data::make(kTricks),
                     location) {
  const Url from = check_url(kDefault, "http://example.org/");
  BOOST_CHECK_THROW(check_redirect(kDefault, from, location, true), Error);
}

BOOST_AUTO_TEST_CASE(no_redirect_leads_to_a_file) {
  Rules rules;
  rules.schemes.insert("file");
  const Url from = check_url(rules, "https://example.org/");
  BOOST_CHECK_EXCEPTION(check_redirect(rules, from, "file:///etc/passwd", true),
                        Error, has_code(Errc::forbidden));
}

BOOST_AUTO_TEST_CASE(https_leads_to_http_only_when_it_may) {
  const Url from = check_url(kDefault, "https://example.org/");
  BOOST_CHECK_EXCEPTION(
      check_redirect(kDefault, from, "http://example.org/", false), Error,
      says(Errc::forbidden, "vouches"));
  BOOST_CHECK_NO_THROW(
      check_redirect(kDefault, from, "http://example.org/", true));
}

const char* const kNoHosts[] = {"",           "a b",   "http://a", "a/8",
                                "*.",         "a.*.b", "**",       "*a.b",
                                "10.0.0.1/8", "a..b",  "1.2.3",    "-*"};

BOOST_DATA_TEST_CASE(hosts_that_are_none, data::make(kNoHosts), text) {
  BOOST_CHECK_EXCEPTION(HostPattern::parse(text), Error,
                        has_code(Errc::invalid));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
