// include/platter/base/clock.h
//
// The time of day as records keep it, behind a seam so that tests can turn
// the hands.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace platter {

// Nanoseconds since 1970 UTC. 0 means "never".
struct Timestamp {
  std::int64_t nanoseconds = 0;

  auto operator<=>(const Timestamp&) const = default;
  explicit operator bool() const noexcept { return nanoseconds != 0; }
  std::int64_t seconds() const noexcept { return nanoseconds / 1'000'000'000; }
};

Timestamp operator+(Timestamp time, std::chrono::nanoseconds later);

// "2026-11-21T05:17:00Z"; empty for "never".
std::string to_text(Timestamp time);

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

}  // namespace platter
