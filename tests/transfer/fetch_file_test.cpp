// tests/transfer/fetch_file_test.cpp: files of this host, where rules allow
// them.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "platter/base/file.h"
#include "support/errors.h"
#include "support/folder.h"
#include "transfer/fetching.h"

namespace platter::transfer {
namespace {

using test::has_code;
using test::says;

struct Fixture {
  Fixture() {
    options.rules.schemes = {"file"};
    write_whole(folder.path() / "a b.img", file);
  }

  Fetched get(const std::string& name, const ResumePoint& from = {}) {
    return fetch("file://" + (folder.path() / name).string(), options, sink,
                 watch, from);
  }

  test::TemporaryFolder folder;
  FetchOptions options;
  Bytes file = test::OddServer::content(3'000'000);
  test::Collected sink;
  test::Watch watch;
};

BOOST_FIXTURE_TEST_SUITE(transfer_fetch_file, Fixture)

BOOST_AUTO_TEST_CASE(a_file_arrives_whole) {
  const Fetched fetched = get("a%20b.img");
  BOOST_CHECK(sink.bytes == file);
  BOOST_TEST(fetched.bytes == file.size());
  BOOST_TEST(fetched.file_name == "a_b.img");
  BOOST_TEST(watch.point.offset == file.size());
}

BOOST_AUTO_TEST_CASE(files_are_refused_unless_they_are_allowed) {
  options.rules.schemes = {"http", "https"};
  BOOST_CHECK_EXCEPTION(get("a%20b.img"), Error,
                        says(Errc::forbidden, "administrator"));
}

BOOST_AUTO_TEST_CASE(only_plain_files_are_read) {
  BOOST_REQUIRE_EQUAL(mkfifo((folder.path() / "fifo").c_str(), 0600), 0);
  BOOST_CHECK_EXCEPTION(get("fifo"), Error,
                        says(Errc::forbidden, "plain file"));
  BOOST_CHECK_EXCEPTION(get(""), Error, says(Errc::forbidden, "plain file"));
  BOOST_CHECK_EXCEPTION(fetch("file:///dev/zero", options, sink, watch), Error,
                        has_code(Errc::forbidden));
  BOOST_CHECK_EXCEPTION(get("nobody"), Error, has_code(Errc::not_found));
  BOOST_TEST(sink.bytes.empty());
}

BOOST_AUTO_TEST_CASE(a_large_file_is_refused) {
  options.max_bytes = file.size() - 1;
  BOOST_CHECK_EXCEPTION(get("a%20b.img"), Error, has_code(Errc::too_large));
}

BOOST_AUTO_TEST_CASE(a_file_is_resumed_while_it_is_the_same) {
  sink.after_write = [&] { watch.cancel = true; };
  BOOST_CHECK_EXCEPTION(get("a%20b.img"), Error, has_code(Errc::cancelled));
  BOOST_TEST(watch.point.offset == sink.bytes.size());
  BOOST_TEST(sink.bytes.size() < file.size());
  watch.cancel = false;
  sink.after_write = nullptr;
  get("a%20b.img", watch.point);
  BOOST_CHECK(sink.bytes == file);
  BOOST_TEST(sink.restarts == 0);

  file.front() ^= std::byte{1};
  write_whole(folder.path() / "a b.img", file);
  get("a%20b.img", watch.point);
  BOOST_CHECK(sink.bytes == file);
  BOOST_TEST(sink.restarts == 1);
}

BOOST_AUTO_TEST_CASE(a_file_that_shrinks_is_not_whole) {
  sink.after_write = [&] {
    std::filesystem::resize_file(folder.path() / "a b.img", 10);
  };
  BOOST_CHECK_EXCEPTION(get("a%20b.img"), Error, says(Errc::remote, "shorter"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
