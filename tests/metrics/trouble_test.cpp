// tests/metrics/trouble_test.cpp: what goes wrong, and well again.
#include "platter/metrics/trouble.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "support/errors.h"

namespace platter::test {
namespace {

using metrics::Trouble;

BOOST_AUTO_TEST_SUITE(trouble)

BOOST_AUTO_TEST_CASE(lasts_until_it_goes_well) {
  Trouble trouble;
  BOOST_TEST(!trouble.now());
  trouble.begin();
  trouble.begin();
  BOOST_TEST(trouble.now());
  BOOST_TEST(trouble.times() == 2u);
  trouble.end();
  BOOST_TEST(!trouble.now());
  BOOST_TEST(trouble.times() == 2u);
}

BOOST_AUTO_TEST_CASE(watches_work) {
  Trouble trouble;
  BOOST_CHECK_EXCEPTION(
      trouble.watch([]() -> int { throw Error(Errc::io, "broken"); }), Error,
      says(Errc::io, "broken"));
  BOOST_TEST(trouble.now());
  BOOST_TEST(trouble.watch([] { return 7; }) == 7);
  BOOST_TEST(!trouble.now());
  BOOST_TEST(trouble.times() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
