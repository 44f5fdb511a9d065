#include "background.h"

namespace platter::fuse {

using metrics::State;
using metrics::Verdict;

namespace {
// A round takes milliseconds.
constexpr std::chrono::seconds kTooLong{60};
}  // namespace

Verdict Background::check(Clock::time_point now) const {
  const Clock::time_point begun = begun_at_;
  if (begun != Clock::time_point::max() && now - begun > kTooLong) {
    return {State::failing,
            "background work has been waiting for more than a minute, so "
            "nothing is sealed and nothing expires; see whether the store's "
            "disk answers"};
  }
  if (failing_.now()) {
    return {State::degraded,
            "background work failed the last time, so images may not be sealed "
            "and may not expire; the log says why"};
  }
  return {State::ok, "uploads are sealed and what is due expires"};
}

}  // namespace platter::fuse
