// tests/service/concurrency_test.cpp: many at once.
#include <atomic>
#include <thread>

#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using test::Status;

constexpr int kThreads = 4;

// Runs `work` with 0, 1, ... in as many threads; rethrows what one throws.
// Boost.Test's checks are for one thread: none in `work`.
void in_threads(const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  std::vector<std::exception_ptr> failures(kThreads);
  for (int n = 0; n < kThreads; ++n) {
    threads.emplace_back([&, n] {
      try {
        work(n);
      } catch (...) {
        failures[n] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

BOOST_FIXTURE_TEST_SUITE(service_concurrency, test::TestService)

BOOST_AUTO_TEST_CASE(uploads_side_by_side) {
  // Two threads send the same disks, to be stored once.
  const auto file_of = [](int thread, int round) {
    const auto seed = static_cast<std::uint64_t>(thread / 2 * 100 + round);
    const Bytes disk = test::random_disk(300 * kKiB + 512 * seed, seed);
    return round % 2 == 0 ? disk : test::qcow2_file(disk);
  };
  const auto name_of = [](int thread, int round) {
    return std::to_string(thread) + "-" + std::to_string(round);
  };
  in_threads([&](int thread) {
    for (int round = 0; round < 4; ++round) {
      const auto number = create(name_of(thread, round));
      upload(number, file_of(thread, round));
      set(number, "os_distro", "debian");
    }
  });
  for (int thread = 0; thread < kThreads; ++thread) {
    for (int round = 0; round < 4; ++round) {
      const auto record = named(name_of(thread, round));
      BOOST_REQUIRE(record);
      check_active(record->number, file_of(thread, round));
      BOOST_TEST(record->properties.at("os_distro") == "debian");
    }
  }
}

// As the kernel sends one file, from several threads, while it is looked at.
BOOST_AUTO_TEST_CASE(one_upload_by_several) {
  constexpr std::uint64_t kPiece = 16 * kKiB;
  constexpr std::uint64_t kPieces = 120;
  const Bytes disk = test::random_bytes(kPiece * kPieces, 1);
  const auto number = create("x");
  const auto draft = uploads().open(number, false);
  std::atomic<int> wrong = 0;
  in_threads([&](int thread) {
    Bytes seen(kPiece);
    for (auto piece = static_cast<std::uint64_t>(thread); piece < kPieces;
         piece += kThreads) {
      const std::uint64_t at = piece * kPiece;
      uploads().write(*draft, at, ByteView(disk).subspan(at, kPiece));
      draft->read(at, seen);
      if (!test::same_bytes(seen, ByteView(disk).subspan(at, kPiece))) ++wrong;
      if (piece % 30 == 0) uploads().flush(draft, false);
      uploads().settle();
    }
  });
  BOOST_TEST(wrong == 0);
  flush_and_close(draft);
  check_active(number, disk);
  BOOST_TEST(record(number)->os_hash_value == to_hex(sha256(disk)));
}

// Whoever comes first: no image is left behind in between.
BOOST_AUTO_TEST_CASE(uploads_against_removals) {
  const Bytes disk = test::random_disk(700 * kKiB, 1);
  for (int round = 0; round < 10; ++round) {
    const auto number = create("x");
    in_threads([&](int thread) {
      try {
        if (thread == 0) upload(number, disk);
        if (thread == 1) images().remove(admin(), number);
        if (thread == 2) set(number, "description", "text");
        if (thread == 3) images().open_original(admin(), number);
      } catch (const Error& error) {
        // Who comes late is told that it is gone.
        if (error.code() != Errc::not_found) throw;
      }
    });
    const auto record = this->record(number);
    BOOST_REQUIRE(record->place == image::Place::trash);
    if (record->guest) {
      check_active(number, disk);
    } else {
      check_status(number, Status::queued);
    }
    BOOST_CHECK(!uploads().find(number));
    BOOST_TEST(std::filesystem::is_empty(staging()));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
