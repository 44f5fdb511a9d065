#include "activity.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <numeric>
#include <thread>

#include "platter/base/amounts.h"

namespace platter::cli {

namespace {

using metrics::Durations;

constexpr std::string_view kBuckets =
    "platter_fuse_operation_duration_seconds_bucket{";

double number_in(std::string_view text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// What comes after `name` in the line, up to a quote.
std::string_view label_in(std::string_view line, std::string_view name) {
  const std::size_t at = line.find(name);
  if (at == line.npos) return {};
  line.remove_prefix(at + name.size());
  return line.substr(0, line.find('"'));
}

// The bucket that ends there; the last one has no end.
std::size_t bucket_of(std::string_view bound) {
  const double seconds = number_in(bound);
  std::size_t bucket = 0;
  for (const auto end : Durations::kBounds) {
    if (seconds <= std::chrono::duration<double>(end).count() * 1.01 &&
        bound != "+Inf") {
      break;
    }
    ++bucket;
  }
  return bucket;
}

void count_line(Counted& counted, std::string_view line) {
  const std::size_t blank = line.rfind(' ');
  if (blank == line.npos || line.starts_with('#')) return;
  const auto value =
      static_cast<std::uint64_t>(number_in(line.substr(blank + 1)));
  if (line.starts_with("platter_fuse_read_bytes_total ")) {
    counted.read_bytes = value;
  } else if (line.starts_with("platter_fuse_written_bytes_total ")) {
    counted.written_bytes = value;
  } else if (line.starts_with(kBuckets)) {
    counted.durations.buckets[bucket_of(label_in(line, "le=\""))] += value;
  }
}

std::optional<Counted> read_metrics(const Path& mount) {
  std::ifstream file(mount / "info" / "metrics");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return parse_metrics(text);
}

}  // namespace

std::optional<Counted> parse_metrics(std::string_view text) {
  if (text.find(kBuckets) == text.npos) return std::nullopt;
  Counted counted;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    count_line(counted, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  // There a bucket counts what the shorter ones do, too.
  auto& buckets = counted.durations.buckets;
  std::adjacent_difference(buckets.begin(), buckets.end(), buckets.begin());
  return counted;
}

std::optional<std::chrono::nanoseconds> bound_of(const Durations& durations,
                                                 double share) {
  const double wanted = share * static_cast<double>(durations.count());
  double below = 0;
  for (std::size_t n = 0; n < Durations::kBounds.size(); ++n) {
    below += static_cast<double>(durations.buckets[n]);
    if (below >= wanted && below > 0) return Durations::kBounds[n];
  }
  return std::nullopt;
}

std::optional<Activity> measure_activity(const Path& mount) {
  constexpr std::chrono::milliseconds kBetween{500};
  using Clock = std::chrono::steady_clock;
  const auto first = read_metrics(mount);
  if (!first) return std::nullopt;
  const auto begin = Clock::now();
  std::this_thread::sleep_for(kBetween);
  const auto second = read_metrics(mount);
  if (!second) return std::nullopt;
  const double seconds =
      std::chrono::duration<double>(Clock::now() - begin).count();
  const auto rate = [&](std::uint64_t before, std::uint64_t after) {
    return after < before ? 0 : static_cast<double>(after - before) / seconds;
  };
  return Activity{rate(first->durations.count(), second->durations.count()),
                  rate(first->read_bytes, second->read_bytes),
                  rate(first->written_bytes, second->written_bytes),
                  second->durations};
}

}  // namespace platter::cli
