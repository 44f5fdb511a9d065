// tests/cli/progress_test.cpp: the bar that people see.
#include "../../src/cli/progress.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "support/errors.h"

namespace platter::cli {
namespace {

using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(progress)

BOOST_AUTO_TEST_CASE(how_far_how_fast_how_long) {
  BOOST_TEST(progress_bar(1 << 20, 4 << 20, milliseconds(1000)) ==
             " 25% [#####               ] 1 MiB of 4 MiB, 1 MiB/s, 4s left");
  BOOST_TEST(progress_bar(4 << 20, 4 << 20, milliseconds(2000)) ==
             "100% [####################] 4 MiB of 4 MiB, 2 MiB/s");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_known_yet) {
  BOOST_TEST(progress_bar(0, 0, milliseconds(0)) ==
             "  0% [                    ] 0 B of 0 B, 0 B/s");
  // A disk that grows under its copy.
  BOOST_TEST(progress_bar(9, 8, milliseconds(1000)).starts_with("100%"));
}

BOOST_AUTO_TEST_CASE(styles) {
  BOOST_CHECK(progress_style("json") == Progress::Style::lines);
  BOOST_CHECK(progress_style("bar") == Progress::Style::bar);
  BOOST_CHECK(progress_style("none") == Progress::Style::none);
  BOOST_CHECK_EXCEPTION(progress_style("loud"), Error,
                        test::says(Errc::invalid, "loud"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::cli
