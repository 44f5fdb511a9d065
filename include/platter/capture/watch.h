// include/platter/capture/watch.h
//
// Who looks on while a disk is copied.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace platter::capture {

// How often they are asked and told.
inline constexpr std::chrono::milliseconds kWatchInterval{200};

struct Watch {
  // Told how far the copy is, in bytes; both may grow.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
  // Whether to give up.
  std::function<bool()> cancelled;
};

}  // namespace platter::capture
