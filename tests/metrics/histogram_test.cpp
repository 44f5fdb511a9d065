// tests/metrics/histogram_test.cpp: counting how long things take.
#include "platter/metrics/histogram.h"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

namespace platter::test {
namespace {

using namespace std::chrono_literals;
using metrics::Durations;
using metrics::Histogram;

BOOST_AUTO_TEST_SUITE(histogram)

BOOST_AUTO_TEST_CASE(an_upper_end_belongs_to_its_bucket) {
  Histogram histogram;
  histogram.observe(0ns);
  histogram.observe(10us);
  histogram.observe(10us + 1ns);
  histogram.observe(10s);
  histogram.observe(10s + 1ns);
  const Durations durations = histogram.read();
  BOOST_TEST(durations.buckets.front() == 2u);
  BOOST_TEST(durations.buckets[1] == 1u);
  BOOST_TEST(durations.buckets[Durations::kBounds.size() - 1] == 1u);
  BOOST_TEST(durations.buckets.back() == 1u);
  BOOST_TEST(durations.count() == 5u);
  BOOST_TEST(durations.sum.count() == (20s + 20us + 2ns).count());
}

// Each duration lies between the ends of the one bucket that grew.
BOOST_AUTO_TEST_CASE(law_each_falls_into_its_bucket) {
  BOOST_TEST(rc::check([](std::uint64_t ticks) {
    const std::chrono::nanoseconds duration(ticks % 20'000'000'000);
    Histogram histogram;
    histogram.observe(duration);
    const Durations durations = histogram.read();
    RC_ASSERT(durations.count() == 1u);
    for (std::size_t n = 0; n < durations.buckets.size(); ++n) {
      if (durations.buckets[n] == 0) continue;
      RC_ASSERT(n == Durations::kBounds.size() ||
                duration <= Durations::kBounds[n]);
      RC_ASSERT(n == 0 || duration > Durations::kBounds[n - 1]);
    }
  }));
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_between_threads) {
  constexpr int kEach = 20000;
  Histogram histogram;
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      for (int at = 0; at < kEach; ++at) histogram.observe(7us);
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(histogram.read().count() == 4u * kEach);
  BOOST_TEST(histogram.read().sum.count() == (4 * kEach * 7us).count() * 1000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
