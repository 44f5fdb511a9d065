// tests/store/chunk_cache_test.cpp: within its limit, one load a miss.
#include "../../src/store/chunk_cache.h"

#include <boost/test/unit_test.hpp>
#include <latch>
#include <thread>

#include "platter/base/error.h"
#include "support/disks.h"
#include "support/errors.h"

namespace platter::test {
namespace {

using store::Chunk;
using store::ChunkCache;
using store::ChunkRef;

ChunkRef ref(std::uint32_t number) { return {1, number, number}; }

BOOST_AUTO_TEST_SUITE(chunk_cache)

BOOST_AUTO_TEST_CASE(what_was_loaded_stays_until_others_push_it_out) {
  ChunkCache cache(100 * kKiB);
  int loads = 0;
  const auto get = [&](std::uint32_t number) {
    return cache.get(ref(number), [&] {
      ++loads;
      return random_bytes(10 * kKiB, number);
    });
  };
  const Chunk held = get(0);
  for (std::uint32_t i = 1; i < 5; ++i) get(i);
  BOOST_CHECK_EQUAL(get(0), held);
  BOOST_CHECK_EQUAL(loads, 5);
  BOOST_CHECK(cache.peek(ref(0)) == held);
  // 0 was used after 1: of the two 1 goes first.
  for (std::uint32_t i = 5; i < 12; ++i) get(i);
  BOOST_CHECK(!cache.peek(ref(1)));
  for (std::uint32_t i = 12; i < 30; ++i) get(i);
  BOOST_CHECK(!cache.peek(ref(0)));
  BOOST_CHECK(*held == random_bytes(10 * kKiB, 0));
  BOOST_CHECK_EQUAL(cache.misses(), 30);
  BOOST_CHECK_EQUAL(cache.hits(), 1);
}

BOOST_AUTO_TEST_CASE(the_limit_is_never_passed) {
  for (const std::uint64_t limit : {0 * kKiB, 1 * kKiB, 90 * kKiB, 9 * kMiB}) {
    ChunkCache cache(limit);
    Random random(limit);
    for (std::uint32_t i = 0; i < 2000; ++i) {
      const std::uint64_t size = 1 + random.below(60 * kKiB);
      const auto chunk = cache.get(ref(i), [&] { return Bytes(size); });
      BOOST_REQUIRE_EQUAL(chunk->size(), size);
      BOOST_REQUIRE_LE(cache.bytes(), limit);
    }
  }
}

BOOST_AUTO_TEST_CASE(readers_who_miss_together_share_one_load) {
  constexpr std::uint64_t kReaders = 6;
  ChunkCache cache(1 * kMiB);
  std::atomic<int> loads = 0;
  std::vector<Chunk> got(kReaders);
  {
    std::vector<std::jthread> readers;
    for (std::uint64_t i = 0; i < kReaders; ++i) {
      readers.emplace_back([&, i] {
        got[i] = cache.get(ref(1), [&] {
          ++loads;
          // Not done before every reader has missed.
          while (cache.misses() < kReaders) std::this_thread::yield();
          return random_bytes(1000, 1);
        });
      });
    }
  }
  BOOST_CHECK_EQUAL(loads, 1);
  for (const Chunk& chunk : got) BOOST_CHECK_EQUAL(chunk, got[0]);
}

BOOST_AUTO_TEST_CASE(waiters_share_a_failure_which_is_not_kept) {
  constexpr std::uint64_t kReaders = 4;
  ChunkCache cache(1 * kMiB);
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> readers;
    for (std::uint64_t i = 0; i < kReaders; ++i) {
      readers.emplace_back([&] {
        try {
          cache.get(ref(1), [&]() -> Bytes {
            while (cache.misses() < kReaders) std::this_thread::yield();
            throw Error(Errc::damaged, "rotten");
          });
        } catch (const Error& error) {
          failures += error.code() == Errc::damaged;
        }
      });
    }
  }
  BOOST_CHECK_EQUAL(failures, kReaders);
  BOOST_CHECK(!cache.peek(ref(1)));
  BOOST_CHECK(*cache.get(ref(1), [] { return Bytes(5); }) == Bytes(5));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
