// tests/transfer/odd_server_test.cpp: servers that break off, contradict
// themselves, or mean harm.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support/errors.h"
#include "transfer/fetching.h"

namespace platter::transfer {
namespace {

namespace data = boost::unit_test::data;
using test::has_code;
using test::OddServer;
using test::says;

struct Fixture {
  Fetched get(const std::string& query, const ResumePoint& from = {}) {
    return fetch(server.url(query), options, sink, watch, from);
  }
  bool arrived() const { return sink.bytes == OddServer::content(); }

  OddServer& server = OddServer::shared();
  FetchOptions options = test::options_for(server.port());
  test::Collected sink;
  test::Watch watch;
};

BOOST_FIXTURE_TEST_SUITE(transfer_odd_server, Fixture)

BOOST_AUTO_TEST_CASE(a_cut_goes_on_with_the_same_file) {
  get("cut=40000&times=1");
  BOOST_CHECK(arrived());
  BOOST_TEST(sink.restarts == 0);
  const std::string host = "127.0.0.1:" + std::to_string(server.port());
  BOOST_TEST(server.seen() ==
             host + "|||identity\n" + host + "|bytes=40000-|\"1\"|identity\n");
}

struct Cut {
  const char* query;
  int restarts;
};
std::ostream& operator<<(std::ostream& out, const Cut& cut) {
  return out << cut.query;
}

const Cut kCuts[] = {
    {"cut=0&times=2", 0},
    {"cut=1&times=2", 0},
    {"cut=40000&times=2", 0},
    {"cut=99999&times=1", 0},
    {"chunked=1&cut=40000&times=1", 0},
    // All is here, but for the mark of the end: nothing is left to send.
    {"chunked=1&cut=100000&times=1", 0},
    {"cut=40000&times=1&etag=weak&date=1", 0},
    {"cut=40000&times=1&etag=none&date=1", 0},
    {"cut=40000&times=2&range=short", 0},
    // Nothing says that it is the same file.
    {"cut=40000&times=1&etag=weak", 1},
    {"cut=40000&times=1&etag=none", 1},
    {"cut=40000&times=1&etag=new", 1},
    {"cut=40000&times=1&range=ignore", 1},
    {"cut=40000&times=2&range=ignore", 2},
    // It says that it is another.
    {"cut=40000&times=1&range=other", 1},
};

BOOST_DATA_TEST_CASE_F(Fixture, cuts_end_well, data::make(kCuts), cut) {
  get(cut.query);
  BOOST_CHECK(arrived());
  BOOST_TEST(sink.restarts == cut.restarts);
}

const char* const kNeverWhole[] = {
    "cut=40000&range=ignore",
    "cut=99999&range=ignore",
    "cut=0",
    "chunked=1&cut=40000&range=ignore",
};

BOOST_DATA_TEST_CASE_F(Fixture, what_is_cut_is_never_whole,
                       data::make(kNeverWhole), query) {
  BOOST_CHECK_EXCEPTION(get(query), Error, says(Errc::remote, "attempt 4"));
}

BOOST_AUTO_TEST_CASE(getting_further_begins_the_count_again) {
  options.retries = 1;
  get("size=6000000&cut=1500000&times=3");
  BOOST_CHECK(sink.bytes == OddServer::content(6'000'000));
  sink.bytes.clear();
  // A server that always begins again gets nowhere, however much it sends.
  BOOST_CHECK_EXCEPTION(get("size=6000000&cut=3000000&range=ignore"), Error,
                        has_code(Errc::remote));
}

const char* const kWrong[] = {"wrong", "bare", "long"};

BOOST_DATA_TEST_CASE_F(Fixture, wrong_ranges_are_refused, data::make(kWrong),
                       how) {
  BOOST_CHECK_EXCEPTION(get("cut=40000&times=1&range=" + std::string(how)),
                        Error, has_code(Errc::remote));
  const std::string seen = server.seen();
  BOOST_TEST(std::ranges::count(seen, '\n') == 2);
}

BOOST_AUTO_TEST_CASE(a_range_that_nobody_asked_for_is_refused) {
  BOOST_CHECK_EXCEPTION(get("range=unasked"), Error, has_code(Errc::remote));
  BOOST_TEST(sink.bytes.empty());
}

BOOST_AUTO_TEST_CASE(a_busy_server_is_asked_again) {
  for (const char* const status : {"429", "500", "502", "503", "504", "408"}) {
    sink.bytes.clear();
    get("times=1&status=" + std::string(status));
    BOOST_CHECK(arrived());
  }
  sink.bytes.clear();
  get("times=1&status=503&retry=1");
  BOOST_CHECK(arrived());
}

BOOST_AUTO_TEST_CASE(a_server_that_stays_busy_is_given_up) {
  BOOST_CHECK_EXCEPTION(get("status=503"), Error,
                        says(Errc::remote, "503 (attempt 4"));
}

BOOST_AUTO_TEST_CASE(a_server_that_wants_hours_is_given_up_at_once) {
  BOOST_CHECK_EXCEPTION(get("status=429&retry=3600"), Error,
                        says(Errc::remote, "3600 s"));
  options.longest_pause = std::chrono::hours(2);
  BOOST_CHECK_EXCEPTION(get("status=429&retry=3601"), Error,
                        says(Errc::timed_out, "no time"));
}

const char* const kFinal[] = {"400", "401", "403", "404", "410", "416",
                              "501", "204", "304", "302", "226"};

BOOST_DATA_TEST_CASE_F(Fixture, other_answers_are_final, data::make(kFinal),
                       status) {
  BOOST_CHECK_EXCEPTION(get("status=" + std::string(status)), Error,
                        says(Errc::remote, status));
  const std::string seen = server.seen();
  BOOST_TEST(std::ranges::count(seen, '\n') == 1);
  BOOST_TEST(sink.bytes.empty());
}

BOOST_AUTO_TEST_CASE(a_size_that_nobody_announced_is_held_to_the_limit) {
  options.max_bytes = 100'000;
  get("chunked=1");
  BOOST_CHECK(arrived());
  options.max_bytes = 99'999;
  sink.bytes.clear();
  BOOST_CHECK_EXCEPTION(get("chunked=1"), Error, has_code(Errc::too_large));
  BOOST_TEST(sink.bytes.size() <= options.max_bytes);
}

BOOST_AUTO_TEST_CASE(the_limit_holds_for_the_rest_of_a_file_too) {
  options.max_bytes = 99'999;
  sink.bytes.resize(40'000);
  BOOST_CHECK_EXCEPTION(get("", {40'000, "\"1\"", "", std::nullopt}), Error,
                        has_code(Errc::too_large));
  BOOST_TEST(sink.bytes.size() == 40'000u);
}

BOOST_AUTO_TEST_CASE(silence_times_out) {
  options.retries = 0;
  options.stall_timeout = std::chrono::seconds(1);
  BOOST_CHECK_EXCEPTION(get("silent=1"), Error, has_code(Errc::timed_out));
  options.stall_timeout = std::chrono::seconds(60);
  options.total_timeout = std::chrono::milliseconds(200);
  BOOST_CHECK_EXCEPTION(get("silent=1"), Error, has_code(Errc::timed_out));
}

BOOST_AUTO_TEST_CASE(a_trickle_does_not_outlast_the_time_limit) {
  options.total_timeout = std::chrono::milliseconds(400);
  BOOST_CHECK_EXCEPTION(get("drip=0.02"), Error, has_code(Errc::timed_out));
  BOOST_TEST(!arrived());
}

BOOST_AUTO_TEST_CASE(headers_without_end_are_refused) {
  BOOST_CHECK_EXCEPTION(get("headers=1"), Error,
                        says(Errc::remote, "without end"));
}

BOOST_AUTO_TEST_CASE(what_is_no_web_server_is_refused) {
  BOOST_CHECK_EXCEPTION(get("garbage=1"), Error, has_code(Errc::remote));
  BOOST_TEST(sink.bytes.empty());
}

BOOST_AUTO_TEST_CASE(a_server_may_name_the_file) {
  const Fetched fetched =
      get("disposition=attachment;%20filename=\"..%2F.ssh%2Fkeys\"");
  BOOST_TEST(fetched.file_name == "keys");
}

BOOST_AUTO_TEST_CASE(a_validator_cannot_smuggle_headers) {
  sink.bytes.resize(10);
  get("", {10, "\"1\"\r\nHost: other", "", std::nullopt});
  BOOST_CHECK(arrived());
  BOOST_TEST(sink.restarts == 1);
  BOOST_TEST(server.seen().find("other") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
