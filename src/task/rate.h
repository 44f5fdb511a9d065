// src/task/rate.h
//
// How fast a count of bytes has grown of late.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace platter::task {

// For one thread at a time.
class Rate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Rate() = default;
  Rate(Time now, std::uint64_t done) : measured_at_(now), done_(done) {}

  // Bytes a second; 0 before it is known.
  double value() const noexcept { return value_; }

  // What is too close to the last time says nothing, and is passed over.
  void measure(Time now, std::uint64_t done) {
    constexpr double kLeast = 0.2;    // seconds
    constexpr double kForgotten = 3;  // what was longer ago counts little
    const double seconds =
        std::chrono::duration<double>(now - measured_at_).count();
    if (seconds < kLeast) return;
    const double lately =
        done >= done_ ? static_cast<double>(done - done_) / seconds : 0;
    const double weight = std::min(1.0, seconds / kForgotten);
    value_ = value_ == 0 ? lately : value_ + weight * (lately - value_);
    measured_at_ = now;
    done_ = done;
  }

 private:
  double value_ = 0;
  Time measured_at_;
  std::uint64_t done_ = 0;
};

}  // namespace platter::task
