// tests/fuse/background_test.cpp: how work goes that the clock brings.
#include "../../src/fuse/background.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "support/errors.h"

namespace platter::test {
namespace {

using fuse::Background;
using metrics::State;

BOOST_AUTO_TEST_SUITE(background)

BOOST_AUTO_TEST_CASE(a_round_that_fails_is_told_until_one_goes_well) {
  Background background;
  BOOST_CHECK(background.check().state == State::ok);
  BOOST_CHECK_EXCEPTION(
      background.run([] { throw Error(Errc::io, "no disk"); }), Error,
      says(Errc::io, "no disk"));
  BOOST_CHECK(background.check().state == State::degraded);
  background.run([] {});
  BOOST_CHECK(background.check().state == State::ok);
}

BOOST_AUTO_TEST_CASE(a_round_that_does_not_end_is_told) {
  Background background;
  const auto now = Background::Clock::now();
  background.run([&] {
    BOOST_CHECK(background.check(now).state == State::ok);
    const auto late = now + std::chrono::minutes(2);
    BOOST_CHECK(background.check(late).state == State::failing);
  });
  BOOST_CHECK(background.check(now).state == State::ok);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
