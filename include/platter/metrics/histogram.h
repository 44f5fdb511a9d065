// include/platter/metrics/histogram.h
//
// How long something takes, counted on the way: cheap enough for every request.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace platter::metrics {

// What a Histogram has counted: docs/metrics.md.
struct Durations {
  // The upper ends of all buckets but the last, which has none.
  static constexpr std::array<std::chrono::nanoseconds, 13> kBounds = {
      std::chrono::microseconds(10),  std::chrono::microseconds(30),
      std::chrono::microseconds(100), std::chrono::microseconds(300),
      std::chrono::milliseconds(1),   std::chrono::milliseconds(3),
      std::chrono::milliseconds(10),  std::chrono::milliseconds(30),
      std::chrono::milliseconds(100), std::chrono::milliseconds(300),
      std::chrono::seconds(1),        std::chrono::seconds(3),
      std::chrono::seconds(10)};

  // How many fell into each bucket, and into no bucket before it.
  std::array<std::uint64_t, kBounds.size() + 1> buckets{};
  std::chrono::nanoseconds sum{0};

  std::uint64_t count() const noexcept;
};

// Thread-safe, without locks: two additions that others see when they please.
class Histogram {
 public:
  void observe(std::chrono::nanoseconds duration) noexcept;
  Durations read() const noexcept;

 private:
  std::array<std::atomic<std::uint64_t>, Durations::kBounds.size() + 1>
      buckets_{};
  std::atomic<std::int64_t> sum_{0};  // nanoseconds
};

}  // namespace platter::metrics
