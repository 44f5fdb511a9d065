// src/transfer/patience.cpp
#include "patience.h"

#include <fmt/core.h>

#include <algorithm>
#include <random>
#include <thread>

#include "platter/base/log.h"

namespace platter::transfer {

namespace {

using std::chrono::milliseconds;

// How long somebody who cancels may have to wait.
constexpr milliseconds kNap{100};
// Less than this is no way to get to the end of a disk.
constexpr std::uint64_t kWorthwhile = kMiB;

}  // namespace

void Patience::wait_after(const MayPass& failure, std::uint64_t offset) {
  if (offset >= furthest_ + kWorthwhile) {
    failures_ = 0;
    furthest_ = offset;
  }
  if (++failures_ > options_.retries) {
    throw Error(failure.code(),
                fmt::format("{} (attempt {} without getting further)",
                            failure.what(), failures_));
  }
  const milliseconds length = next_pause(failure);
  log::info("fetch is tried again",
            {{"why", failure.what()}, {"pause_ms", length.count()}});
  pause(length, failure);
}

milliseconds Patience::next_pause(const MayPass& failure) {
  if (failure.after()) {
    if (*failure.after() > options_.longest_pause) {
      throw Error(failure.code(),
                  fmt::format("{}, and wants to be asked again in {} s only",
                              failure.what(), failure.after()->count()));
    }
    return *failure.after();
  }
  milliseconds longest = options_.first_pause;
  for (unsigned i = 1; i < failures_ && longest < options_.longest_pause; ++i) {
    longest *= 2;
  }
  longest = std::min(longest, options_.longest_pause);
  std::random_device random;
  return milliseconds(std::uniform_int_distribution<std::int64_t>(
      longest.count() / 2, longest.count())(random));
}

void Patience::pause(milliseconds length, const MayPass& failure) {
  const Deadline end = std::chrono::steady_clock::now() + length;
  if (end > deadline_) {
    throw Error(Errc::timed_out, std::string(failure.what()) +
                                     ", and there is no time for another "
                                     "attempt");
  }
  while (std::chrono::steady_clock::now() < end) {
    if (control_.cancelled()) {
      throw Error(Errc::cancelled,
                  "the fetch was ended while it waited after " +
                      std::string(failure.what()));
    }
    std::this_thread::sleep_for(
        std::min<Deadline::duration>(kNap, end - Deadline::clock::now()));
  }
}

}  // namespace platter::transfer
