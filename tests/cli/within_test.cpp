// tests/cli/within_test.cpp: asking what may never answer.
#include "../../src/cli/within.h"

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "support/errors.h"

namespace platter::test {
namespace {

using namespace std::chrono_literals;
using cli::ask_within;

BOOST_AUTO_TEST_SUITE(within)

BOOST_AUTO_TEST_CASE(an_answer_comes_whole) {
  // More than a pipe holds.
  const std::string long_one(1'000'000, 'x');
  BOOST_CHECK(ask_within(60s, [&] { return long_one; }) == long_one);
  BOOST_CHECK(ask_within(60s, [] { return std::string(); }) == "");
}

BOOST_AUTO_TEST_CASE(it_is_asked_by_another_process) {
  const auto pid = ask_within(60s, [] { return std::to_string(getpid()); });
  BOOST_REQUIRE(pid);
  BOOST_TEST(*pid != std::to_string(getpid()));
}

BOOST_AUTO_TEST_CASE(an_error_comes_as_it_was_thrown) {
  BOOST_CHECK_EXCEPTION(ask_within(60s,
                                   []() -> std::string {
                                     throw Error(Errc::damaged,
                                                 "the store is no store");
                                   }),
                        Error, says(Errc::damaged, "the store is no store"));
}

BOOST_AUTO_TEST_CASE(a_process_that_dies_is_told) {
  BOOST_CHECK_EXCEPTION(ask_within(60s, []() -> std::string { _exit(3); }),
                        Error, says(Errc::io, "died"));
}

BOOST_AUTO_TEST_CASE(who_never_answers_is_not_waited_for) {
  const auto answer = ask_within(50ms, []() -> std::string {
    for (;;) pause();
  });
  BOOST_CHECK(!answer);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
