// tests/transfer/proxy_test.cpp: through a proxy, which looks names up itself.
// The odd server is one that has every file of every host.
#include <boost/test/unit_test.hpp>

#include "support/errors.h"
#include "transfer/fetching.h"

namespace platter::transfer {
namespace {

using test::has_code;
using test::OddServer;
using test::says;

struct Fixture {
  Fixture() {
    options.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
  }

  void get(const std::string& url) {
    sink.bytes.clear();
    fetch(url, options, sink, watch);
  }

  OddServer& proxy = OddServer::shared();
  FetchOptions options;
  test::Collected sink;
  test::Watch watch;
};

BOOST_FIXTURE_TEST_SUITE(transfer_proxy, Fixture)

BOOST_AUTO_TEST_CASE(a_name_that_only_the_proxy_knows_is_fetched) {
  get("http://images.invalid/f?size=10");
  BOOST_CHECK(sink.bytes == OddServer::content(10));
  BOOST_TEST(proxy.seen().starts_with("images.invalid|"));
}

BOOST_AUTO_TEST_CASE(an_address_is_held_against_the_rules) {
  get("http://8.8.8.8/f?size=10");
  BOOST_CHECK(sink.bytes == OddServer::content(10));
  for (const char* const url :
       {"http://127.0.0.1/", "http://169.254.169.254/", "http://[fd00::1]/",
        "http://localhost/", "http://metadata.google.internal/"}) {
    BOOST_CHECK_EXCEPTION(get(url), Error, has_code(Errc::forbidden));
  }
  // The proxy's own is the operator's choice, and nobody else's.
  BOOST_CHECK_EXCEPTION(get(proxy.url("")), Error, has_code(Errc::forbidden));
}

BOOST_AUTO_TEST_CASE(names_are_held_against_the_lists) {
  options.rules.deny = {HostPattern::parse("*.evil.invalid")};
  BOOST_CHECK_EXCEPTION(get("http://a.evil.invalid/"), Error,
                        has_code(Errc::forbidden));
  options.rules.allow = {HostPattern::parse("10.0.0.0/8")};
  BOOST_CHECK_EXCEPTION(get("http://images.invalid/"), Error,
                        says(Errc::forbidden, "allow"));
  options.rules.allow.push_back(HostPattern::parse("images.invalid"));
  BOOST_CHECK_NO_THROW(get("http://images.invalid/f?size=10"));
}

BOOST_AUTO_TEST_CASE(redirects_are_held_against_the_rules) {
  get("http://images.invalid/f?to=http://other.invalid/f?size=10");
  BOOST_CHECK(sink.bytes == OddServer::content(10));
  BOOST_CHECK_EXCEPTION(get("http://images.invalid/?to=http://localhost/"),
                        Error, has_code(Errc::forbidden));
}

BOOST_AUTO_TEST_CASE(https_goes_through_it_as_well) {
  options.retries = 0;
  BOOST_CHECK_EXCEPTION(get("https://images.invalid/f"), Error,
                        has_code(Errc::remote));
  options.proxy.clear();
  options.rules.allow = {HostPattern::parse("127.0.0.1")};
  options.rules.ports = {proxy.port()};
  get(proxy.url("", "/seen"));
  BOOST_TEST(as_text(sink.bytes) == "CONNECT images.invalid:443\n");
}

BOOST_AUTO_TEST_CASE(other_kinds_of_proxies_are_refused) {
  for (const char* const proxy_url :
       {"socks5://127.0.0.1:1", "127.0.0.1:3128", "ftp://127.0.0.1"}) {
    options.proxy = proxy_url;
    BOOST_CHECK_EXCEPTION(get("http://images.invalid/"), Error,
                          says(Errc::invalid, "proxy"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
