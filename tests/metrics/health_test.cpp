// tests/metrics/health_test.cpp: what checks come to.
#include "platter/metrics/health.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"

namespace platter::test {
namespace {

using metrics::Finding;
using metrics::Health;
using metrics::State;
using metrics::Verdict;

BOOST_AUTO_TEST_SUITE(health)

BOOST_AUTO_TEST_CASE(the_worst_check_decides) {
  Health health;
  BOOST_CHECK(worst(health.examine()) == State::ok);
  State second = State::ok;
  health.add("first", [] { return Verdict{State::ok, "fine"}; });
  health.add("second", [&] { return Verdict{second, "so"}; });
  BOOST_CHECK(worst(health.examine()) == State::ok);
  second = State::degraded;
  BOOST_CHECK(worst(health.examine()) == State::degraded);
  second = State::failing;
  BOOST_CHECK(worst(health.examine()) == State::failing);
}

BOOST_AUTO_TEST_CASE(findings_come_in_the_order_of_their_checks) {
  Health health;
  health.add("z", [] { return Verdict{State::ok, "one"}; });
  health.add("a", [] { return Verdict{State::degraded, "two"}; });
  const auto findings = health.examine();
  BOOST_REQUIRE(findings.size() == 2u);
  BOOST_TEST(findings[0].check == "z");
  BOOST_TEST(findings[0].verdict.message == "one");
  BOOST_TEST(findings[1].check == "a");
  BOOST_TEST(name_of(findings[1].verdict.state) == "degraded");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_checked_is_failing_and_tells_nothing) {
  Health health;
  health.add("odd", []() -> Verdict {
    throw Error(Errc::io, "read /srv/secret: it is gone");
  });
  const auto findings = health.examine();
  BOOST_REQUIRE(findings.size() == 1u);
  BOOST_CHECK(findings[0].verdict.state == State::failing);
  BOOST_TEST(findings[0].verdict.message.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
