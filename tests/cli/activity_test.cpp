// tests/cli/activity_test.cpp: what status makes of a mount's metrics.
#include "../../src/cli/activity.h"

#include <boost/test/unit_test.hpp>

#include "platter/metrics/figures.h"

namespace platter::test {
namespace {

using namespace std::chrono_literals;
using cli::bound_of;
using cli::parse_metrics;
using metrics::Durations;
using metrics::Kind;

metrics::Sample sample(const char* operation,
                       const metrics::Histogram& histogram) {
  return {{{"operation", operation}}, 0, histogram.read()};
}

BOOST_AUTO_TEST_SUITE(activity)

// What a mount writes is what status reads, in every bucket.
BOOST_AUTO_TEST_CASE(reads_what_is_written) {
  metrics::Histogram reads;
  metrics::Histogram looks;
  for (const auto bound : Durations::kBounds) reads.observe(bound);
  reads.observe(1min);
  looks.observe(1us);
  metrics::Figures figures;
  figures.add([&] {
    return metrics::Families{
        {"platter_fuse_operation_duration_seconds",
         "D.",
         Kind::histogram,
         {sample("read", reads), sample("lookup", looks)}},
        metrics::counter("platter_fuse_read_bytes_total", "R.", 4096u),
        metrics::counter("platter_fuse_written_bytes_total", "W.",
                         5'000'000'000u)};
  });
  const auto counted = parse_metrics(figures.text());
  BOOST_REQUIRE(counted);
  BOOST_TEST(counted->read_bytes == 4096u);
  BOOST_TEST(counted->written_bytes == 5'000'000'000u);
  BOOST_TEST(counted->durations.buckets[0] == 2u);
  for (std::size_t n = 1; n < counted->durations.buckets.size(); ++n) {
    BOOST_TEST(counted->durations.buckets[n] == 1u);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_mounts_text_says_nothing) {
  BOOST_TEST(!parse_metrics("").has_value());
  BOOST_TEST(!parse_metrics("cat: Permission denied\n").has_value());
}

BOOST_AUTO_TEST_CASE(shares_of_durations) {
  Durations durations;
  BOOST_TEST(!bound_of(durations, 0.5).has_value());
  durations.buckets[2] = 98;
  durations.buckets[4] = 1;
  durations.buckets.back() = 1;
  BOOST_CHECK(bound_of(durations, 0.5) == Durations::kBounds[2]);
  BOOST_CHECK(bound_of(durations, 0.98) == Durations::kBounds[2]);
  BOOST_CHECK(bound_of(durations, 0.99) == Durations::kBounds[4]);
  BOOST_TEST(!bound_of(durations, 1).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
