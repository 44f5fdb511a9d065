// tests/cli/exit_status_test.cpp
#include "platter/cli/exit_status.h"

#include <boost/test/unit_test.hpp>

namespace platter::cli {

BOOST_AUTO_TEST_SUITE(exit_status)

BOOST_AUTO_TEST_CASE(says_what_kind_of_failure_it_was) {
  const auto status = [](Errc code) {
    return static_cast<int>(exit_status_of(code));
  };
  BOOST_CHECK_EQUAL(status(Errc::io), 1);
  BOOST_CHECK_EQUAL(status(Errc::no_space), 1);
  BOOST_CHECK_EQUAL(status(Errc::not_found), 3);
  BOOST_CHECK_EQUAL(status(Errc::exists), 4);
  BOOST_CHECK_EQUAL(status(Errc::denied), 4);
  BOOST_CHECK_EQUAL(status(Errc::unsupported), 4);
  BOOST_CHECK_EQUAL(status(Errc::busy), 5);
  BOOST_CHECK_EQUAL(status(Errc::damaged), 26);
}

BOOST_AUTO_TEST_CASE(no_failure_looks_like_success) {
  for (int code = 0; code <= static_cast<int>(Errc::io); ++code) {
    BOOST_CHECK(exit_status_of(static_cast<Errc>(code)) != ExitStatus::ok);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace platter::cli
