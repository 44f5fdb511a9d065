// src/cli/activity.h
//
// What a mount is doing, by its info/metrics.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "platter/base/file.h"
#include "platter/metrics/histogram.h"

namespace platter::cli {

// What the text says since the start of the daemon.
struct Counted {
  std::uint64_t read_bytes = 0;
  std::uint64_t written_bytes = 0;
  metrics::Durations durations;  // of all requests; the sum is not known
};

// nullopt when it is not the text of a mount.
std::optional<Counted> parse_metrics(std::string_view text);

// The bound below which so many of all durations are ("0.5" is the median);
// nullopt: they are longer than the last one, or there are none.
std::optional<std::chrono::nanoseconds> bound_of(
    const metrics::Durations& durations, double share);

struct Activity {
  // A second, of late.
  double requests = 0;
  double read_bytes = 0;
  double written_bytes = 0;
  // Since the start.
  metrics::Durations durations;
};

// Looks twice, half a second apart. nullopt for who may not read
// `mount`/info/metrics.
std::optional<Activity> measure_activity(const Path& mount);

}  // namespace platter::cli
