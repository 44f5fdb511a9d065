// tests/transfer/redirects_test.cpp
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support/errors.h"
#include "transfer/fetching.h"
#include "transfer/web_server.h"

namespace platter::transfer {
namespace {

namespace data = boost::unit_test::data;
using test::has_code;
using test::OddServer;
using test::says;

struct Fixture {
  Fetched get(const std::string& query) {
    return fetch(server.url(query), options, sink, watch);
  }

  OddServer& server = OddServer::shared();
  FetchOptions options = test::options_for(server.port());
  test::Collected sink;
  test::Watch watch;
};

BOOST_FIXTURE_TEST_SUITE(transfer_redirects, Fixture)

BOOST_AUTO_TEST_CASE(ten_are_followed) {
  BOOST_TEST(get("hops=10").bytes == 100'000u);
  BOOST_CHECK(sink.bytes == OddServer::content());
}

BOOST_AUTO_TEST_CASE(more_are_not) {
  BOOST_CHECK_EXCEPTION(get("hops=11"), Error, says(Errc::remote, "redirects"));
  BOOST_CHECK_EXCEPTION(get("to=?hops=30"), Error,
                        says(Errc::remote, "redirects"));
  BOOST_TEST(sink.bytes.empty());
}

BOOST_AUTO_TEST_CASE(the_last_url_names_the_file) {
  const Fetched fetched = get("to=/other.img?size=10");
  BOOST_TEST(fetched.file_name == "other.img");
  BOOST_TEST(fetched.url == "http://127.0.0.1:" +
                                std::to_string(server.port()) + "/other.img");
}

BOOST_AUTO_TEST_CASE(a_cut_begins_at_the_first_url) {
  get("to=/other.img?cut=40000%26times=1");
  BOOST_CHECK(sink.bytes == OddServer::content());
  const std::string seen = server.seen();
  BOOST_TEST(std::ranges::count(seen, '\n') == 4);
}

const char* const kTricks[] = {
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://10.0.0.1/",
    "http://0/",
    "http://2130706433:PORT/",
    "http://0x7f.1:PORT/",
    "http://127.1:PORT/",
    "http://[::1]:PORT/",
    "http://user:pass@127.0.0.1:PORT/",
    "http://127.0.0.1:1/",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "gopher://127.0.0.1:PORT/_x",
    "ftp://127.0.0.1:PORT/x",
    "http:%5C%5C127.0.0.1:PORT/",
};

BOOST_DATA_TEST_CASE_F(Fixture, each_is_held_against_the_rules,
                       data::make(kTricks), trick) {
  std::string to = trick;
  const std::size_t at = to.find("PORT");
  if (at != std::string::npos) to.replace(at, 4, std::to_string(server.port()));
  options.rules.schemes.insert("file");
  BOOST_CHECK_EXCEPTION(get("to=" + to), Error, [](const Error& refused) {
    return refused.code() == Errc::forbidden || refused.code() == Errc::invalid;
  });
  BOOST_TEST(sink.bytes.empty());
  const std::string seen = server.seen();
  BOOST_TEST(std::ranges::count(seen, '\n') == 1);
}

// Where the first server is fine and the second is not.
BOOST_AUTO_TEST_CASE(another_server_needs_to_be_allowed_itself) {
  const OddServer other;
  options.rules.ports.insert(other.port());
  get("to=" + other.url("size=10"));
  BOOST_CHECK(sink.bytes == OddServer::content(10));
  sink.bytes.clear();
  std::string to = other.url("size=10");
  to.replace(to.find("127.0.0.1"), 9, "127.0.0.2");
  BOOST_CHECK_EXCEPTION(get("to=" + to), Error, has_code(Errc::forbidden));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
