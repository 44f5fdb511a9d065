// src/fuse/background.h
//
// How the work goes that the clock brings: whether it fails, or stands still.
#pragma once

#include <atomic>
#include <chrono>

#include "platter/metrics/health.h"
#include "platter/metrics/trouble.h"

namespace platter::fuse {

// Thread-safe.
class Background {
 public:
  using Clock = std::chrono::steady_clock;

  // Runs one round of the work. Throws what it throws.
  template <typename Work>
  void run(Work work) {
    begun_at_ = Clock::now();
    const Ended ended{*this};
    failing_.watch(work);
  }

  metrics::Verdict check(Clock::time_point now = Clock::now()) const;

 private:
  struct Ended {
    Background& background;
    ~Ended() { background.begun_at_ = Clock::time_point::max(); }
  };

  std::atomic<Clock::time_point> begun_at_ = Clock::time_point::max();
  metrics::Trouble failing_;
};

}  // namespace platter::fuse
