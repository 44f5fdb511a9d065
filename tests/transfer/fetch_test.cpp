// tests/transfer/fetch_test.cpp: fetches from a real nginx.
#include "platter/transfer/fetch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <thread>

#include "platter/base/digest.h"
#include "support/errors.h"
#include "transfer/fetching.h"
#include "transfer/web_server.h"

namespace platter::transfer {
namespace {

using test::Collected;
using test::has_code;
using test::options_for;
using test::says;
using test::Watch;

Bytes random_bytes(std::size_t size) {
  Bytes bytes(size);
  fill_random(bytes);
  return bytes;
}

// So that a kill finds nginx in the middle of a file.
const char* const kSlow = "limit_rate 512k; sendfile off;";

struct Fixture {
  Fixture() : options(options_for(server.port())) {
    server.put("disk.img", file);
  }

  Fetched get(const std::string& path = "/disk.img",
              const ResumePoint& from = {}) {
    return fetch(server.url(path), options, sink, watch, from);
  }
  // Runs `action` in the middle of the first attempt.
  void midway(std::function<void()> action) {
    sink.after_write = [this, action = std::move(action)] {
      if (sink.bytes.size() < 64 * kKiB) return;
      // Lives until it is done.
      const auto self = std::exchange(sink.after_write, nullptr);
      action();
    };
  }
  // A file of the same length gets a later time only when it is set.
  void replace(ByteView bytes) {
    server.put("disk.img", bytes);
    const timespec times[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
    const auto path = server.folder() / "files/disk.img";
    BOOST_REQUIRE_EQUAL(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }

  test::WebServer server;
  FetchOptions options;
  Bytes file = random_bytes(4 * kMiB);
  Collected sink;
  Watch watch;
};

BOOST_FIXTURE_TEST_SUITE(transfer_fetch, Fixture)

BOOST_AUTO_TEST_CASE(a_file_arrives_whole) {
  const Fetched fetched = get("/disk.img?key=secret#x");
  BOOST_CHECK(sink.bytes == file);
  BOOST_TEST(fetched.bytes == file.size());
  BOOST_TEST(fetched.url == server.url("/disk.img"));
  BOOST_TEST(fetched.file_name == "disk.img");
  BOOST_TEST(!fetched.etag.empty());
  BOOST_TEST(!fetched.last_modified.empty());
  BOOST_TEST(sink.restarts == 0);
  BOOST_TEST(watch.point.offset == file.size());
  BOOST_TEST(watch.point.total.value_or(0) == file.size());
  BOOST_TEST(watch.point.etag == fetched.etag);
  BOOST_TEST(server.seen(1) == "200 - -\n");
}

BOOST_AUTO_TEST_CASE(an_empty_file_arrives_too) {
  server.put("empty", {});
  BOOST_TEST(get("/empty").bytes == 0u);
  BOOST_TEST(sink.bytes.empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_on_the_list_is_refused) {
  options.rules.allow.clear();
  BOOST_CHECK_EXCEPTION(get(), Error, says(Errc::forbidden, "loopback"));
  // By the address that the host's resolver has for it.
  BOOST_CHECK_EXCEPTION(
      fetch("http://localhost:" + std::to_string(server.port()) + "/disk.img",
            options, sink, watch),
      Error, says(Errc::forbidden, "is not public (loopback)"));
  options.rules.ports = {80};
  BOOST_CHECK_EXCEPTION(get(), Error, says(Errc::forbidden, "port"));
  options = options_for(server.port());
  BOOST_CHECK_THROW(get("/nobody"), Error);
  // The first that came.
  BOOST_TEST(server.seen(1) == "404 - -\n");
}

BOOST_AUTO_TEST_CASE(a_name_is_looked_up_and_allowed) {
  options.rules.allow = {HostPattern::parse("localhost")};
  fetch("http://LocalHost.:" + std::to_string(server.port()) + "/disk.img",
        options, sink, watch);
  BOOST_CHECK(sink.bytes == file);
}

BOOST_AUTO_TEST_CASE(a_host_that_is_not_there_says_so) {
  options.rules.allow.clear();
  BOOST_CHECK_EXCEPTION(
      fetch("http://nobody.invalid:" + std::to_string(server.port()) + "/",
            options, sink, watch),
      Error, says(Errc::remote, "not found"));
}

BOOST_AUTO_TEST_CASE(nobody_listening_is_tried_again) {
  server.kill();
  BOOST_CHECK_EXCEPTION(get(), Error, says(Errc::remote, "attempt 4"));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_not_tried_again) {
  BOOST_CHECK_EXCEPTION(get("/other"), Error, says(Errc::remote, "404"));
  get();
  BOOST_TEST(server.seen(2) == "404 - -\n200 - -\n");
}

BOOST_AUTO_TEST_CASE(the_environment_names_no_proxy) {
  BOOST_REQUIRE_EQUAL(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
  BOOST_CHECK_NO_THROW(get());
  unsetenv("http_proxy");
  BOOST_CHECK(sink.bytes == file);
}

BOOST_AUTO_TEST_CASE(a_cut_is_resumed) {
  server.start(kSlow);
  midway([&] {
    server.kill();
    server.start("");
  });
  const Fetched fetched = get();
  BOOST_CHECK(sink.bytes == file);
  BOOST_TEST(sink.restarts == 0);
  BOOST_TEST(fetched.bytes == file.size());
  // nginx was killed before it could log the first; it escapes quotes.
  const std::string seen = server.seen(1);
  BOOST_TEST(seen.starts_with("206 bytes="));
  BOOST_TEST(
      seen.find("- \\x22" + fetched.etag.substr(1, fetched.etag.size() - 2)) !=
      std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_that_changed_meanwhile_begins_again) {
  server.start(kSlow);
  const Bytes other = random_bytes(file.size());
  midway([&] {
    server.kill();
    replace(other);
    server.start("");
  });
  get();
  BOOST_CHECK(sink.bytes == other);
  BOOST_TEST(sink.restarts == 1);
}

BOOST_AUTO_TEST_CASE(a_server_that_forgets_ranges_begins_again) {
  server.start(kSlow);
  midway([&] {
    server.kill();
    server.start("max_ranges 0;");
  });
  get();
  BOOST_CHECK(sink.bytes == file);
  BOOST_TEST(sink.restarts == 1);
}

// As a daemon that was stopped goes on with what it noted.
BOOST_AUTO_TEST_CASE(a_fetch_is_resumed_by_another) {
  server.start(kSlow);
  midway([&] { watch.cancel = true; });
  BOOST_CHECK_EXCEPTION(get(), Error, has_code(Errc::cancelled));
  BOOST_TEST(watch.point.offset == sink.bytes.size());
  BOOST_TEST(watch.point.offset < file.size());
  watch.cancel = false;
  server.kill();
  server.start("");
  get("/disk.img", watch.point);
  BOOST_CHECK(sink.bytes == file);
  BOOST_TEST(sink.restarts == 0);
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_twice_of_what_is_here_whole) {
  get();
  get("/disk.img", watch.point);
  BOOST_CHECK(sink.bytes == file);
  BOOST_TEST(sink.restarts == 0);
  BOOST_TEST(server.seen(2).find("\n416 ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(another_file_is_not_resumed) {
  get();
  const Bytes other = random_bytes(file.size() + 1);
  replace(other);
  get("/disk.img", watch.point);
  BOOST_CHECK(sink.bytes == other);
  BOOST_TEST(sink.restarts == 1);
}

BOOST_AUTO_TEST_CASE(a_point_without_a_validator_begins_again) {
  get();
  get("/disk.img", {watch.point.offset, "", "", watch.point.total});
  BOOST_CHECK(sink.bytes == file);
  BOOST_TEST(sink.restarts == 1);
}

BOOST_AUTO_TEST_CASE(a_point_after_the_end_begins_again) {
  get();
  ResumePoint beyond = watch.point;
  beyond.offset += 10;
  beyond.total.reset();
  get("/disk.img", beyond);
  BOOST_CHECK(sink.bytes == file);
  BOOST_TEST(sink.restarts == 1);
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_refused_before_it_is_sent) {
  options.max_bytes = file.size();
  BOOST_CHECK_NO_THROW(get());
  options.max_bytes = file.size() - 1;
  sink.bytes.clear();
  BOOST_CHECK_EXCEPTION(get(), Error, has_code(Errc::too_large));
  BOOST_TEST(sink.bytes.empty());
}

BOOST_AUTO_TEST_CASE(cancelling_ends_a_slow_fetch) {
  server.start("limit_rate 64k;");
  std::thread other([&] {
    while (watch.asked == 0) std::this_thread::yield();
    watch.cancel = true;
  });
  BOOST_CHECK_EXCEPTION(get(), Error, has_code(Errc::cancelled));
  other.join();
  BOOST_TEST(sink.bytes.size() < file.size());
}

BOOST_AUTO_TEST_CASE(cancelling_ends_a_pause) {
  server.kill();
  options.first_pause = options.longest_pause =
      std::chrono::milliseconds(50'000);
  std::thread other([&] {
    // In the pause nothing else asks.
    while (watch.asked < 3) std::this_thread::yield();
    watch.cancel = true;
  });
  BOOST_CHECK_EXCEPTION(get(), Error, has_code(Errc::cancelled));
  other.join();
}

BOOST_AUTO_TEST_CASE(the_time_limit_holds) {
  server.start("limit_rate 64k;");
  options.total_timeout = std::chrono::milliseconds(300);
  BOOST_CHECK_EXCEPTION(get(), Error, has_code(Errc::timed_out));
  BOOST_TEST(sink.bytes.size() < file.size());
}

BOOST_AUTO_TEST_CASE(what_a_sink_throws_comes_out) {
  sink.after_write = [] { throw Error(Errc::no_space, "the disk is full"); };
  BOOST_CHECK_EXCEPTION(get(), Error, says(Errc::no_space, "disk is full"));
  sink.after_write = nullptr;
  sink.bytes.clear();
  get();
  BOOST_TEST(server.seen(2) == "200 - -\n200 - -\n");
}

BOOST_AUTO_TEST_CASE(many_fetch_at_once) {
  std::vector<std::thread> threads;
  std::atomic<int> whole = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      Collected own;
      Watch unused;
      fetch(server.url("/disk.img"), options, own, unused);
      whole += own.bytes == file;
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(whole == 8);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
