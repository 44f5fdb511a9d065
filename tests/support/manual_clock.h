// tests/support/manual_clock.h: a clock whose hands a test turns.
#pragma once

#include <atomic>

#include "platter/base/clock.h"

namespace platter::test {

// Thread-safe.
class ManualClock final : public Clock {
 public:
  Timestamp now() const override { return {nanoseconds_.load()}; }
  void advance(std::chrono::nanoseconds time) { nanoseconds_ += time.count(); }

 private:
  // 2023-11-14T22:13:20Z
  std::atomic<std::int64_t> nanoseconds_{1'700'000'000'000'000'000};
};

}  // namespace platter::test
