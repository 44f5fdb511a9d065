#include "progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "platter/base/amounts.h"
#include "platter/base/error.h"
#include "platter/json/json.h"

namespace platter::cli {

namespace {

constexpr std::chrono::seconds kQuiet{2};
constexpr std::uint64_t kWidth = 20;

void put(std::FILE* stream, const std::string& text) {
  fmt::print(stream, "{}", text);
  std::fflush(stream);
}

}  // namespace

std::string progress_bar(std::uint64_t done, std::uint64_t total,
                         std::chrono::milliseconds since) {
  const double seconds =
      std::max(static_cast<double>(since.count()) / 1000, 0.001);
  const double part = total == 0
                          ? 0
                          : std::min(1.0, static_cast<double>(done) /
                                              static_cast<double>(total));
  const auto rate =
      static_cast<std::uint64_t>(static_cast<double>(done) / seconds);
  const auto filled = static_cast<std::size_t>(part * kWidth);
  std::string bar =
      fmt::format("{:3}% [{:20}] {} of {}, {}/s", static_cast<int>(part * 100),
                  std::string(filled, '#'), about_size(done), about_size(total),
                  about_size(rate));
  if (rate == 0 || done >= total) return bar;
  const auto left = std::chrono::seconds((total - done) / rate + 1);
  return bar + ", " + show_duration(left) + " left";
}

void Progress::show(std::uint64_t done, std::uint64_t total) {
  if (style_ == Style::none) return;
  if (style_ == Style::lines) {
    const std::string line =
        json::one_line({{"done", done}, {"total", total}}) + "\n";
    if (line != shown_) put(stdout, line);
    shown_ = line;
    return;
  }
  const auto since = Clock::now() - began_;
  if (since < kQuiet) return;
  std::string bar = progress_bar(
      done, total,
      std::chrono::duration_cast<std::chrono::milliseconds>(since));
  // What is left of a longer one is painted over.
  const std::size_t rest = shown_.size() - std::min(shown_.size(), bar.size());
  put(stderr, "\r" + bar + std::string(rest, ' '));
  shown_ = std::move(bar);
}

void Progress::end() {
  if (style_ == Style::bar && !shown_.empty()) {
    put(stderr, "\r" + std::string(shown_.size(), ' ') + "\r");
  }
  shown_.clear();
}

Progress::Style progress_style(const std::string& word) {
  if (word == "json") return Progress::Style::lines;
  if (word == "none") return Progress::Style::none;
  if (word == "bar") return Progress::Style::bar;
  if (word.empty()) {
    return isatty(STDERR_FILENO) != 0 ? Progress::Style::bar
                                      : Progress::Style::none;
  }
  throw Error(Errc::invalid, "--progress takes json, bar or none; \"" + word +
                                 "\" is none of them");
}

}  // namespace platter::cli
