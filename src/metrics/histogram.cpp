#include "platter/metrics/histogram.h"

#include <algorithm>
#include <numeric>

namespace platter::metrics {

namespace {

// The first bucket that is not too short; the last takes all that are longer.
std::size_t bucket_of(std::chrono::nanoseconds duration) noexcept {
  const auto& bounds = Durations::kBounds;
  return static_cast<std::size_t>(std::ranges::lower_bound(bounds, duration) -
                                  bounds.begin());
}

}  // namespace

std::uint64_t Durations::count() const noexcept {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

void Histogram::observe(std::chrono::nanoseconds duration) noexcept {
  buckets_[bucket_of(duration)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(duration.count(), std::memory_order_relaxed);
}

Durations Histogram::read() const noexcept {
  Durations durations;
  std::ranges::transform(buckets_, durations.buckets.begin(), [](auto& count) {
    return count.load(std::memory_order_relaxed);
  });
  durations.sum =
      std::chrono::nanoseconds(sum_.load(std::memory_order_relaxed));
  return durations;
}

}  // namespace platter::metrics
