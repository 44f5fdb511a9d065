// src/transfer/patience.h
//
// How often and how soon something that failed is tried again.
#pragma once

#include "exchange.h"

namespace platter::transfer {

// Used by one thread.
class Patience {
 public:
  Patience(const FetchOptions& options, Control& control, Deadline deadline)
      : options_(options), control_(control), deadline_(deadline) {}

  // Returns when it is time for the next attempt. Throws an Error in place of
  // `failure` when there is none: after `retries` in a row that got no further
  // than `offset` was before, when the pause would outlast the deadline or is
  // longer than `longest_pause`. Throws Errc::cancelled.
  void wait_after(const MayPass& failure, std::uint64_t offset);

 private:
  std::chrono::milliseconds next_pause(const MayPass& failure);
  void pause(std::chrono::milliseconds length, const MayPass& failure);

  const FetchOptions& options_;
  Control& control_;
  const Deadline deadline_;
  unsigned failures_ = 0;  // in a row
  std::uint64_t furthest_ = 0;
};

}  // namespace platter::transfer
