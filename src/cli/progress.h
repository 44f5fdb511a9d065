// src/cli/progress.h
//
// How far something is that moves bytes: as a bar for people, or as lines for
// programs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace platter::cli {

// For one thread at a time.
class Progress {
 public:
  enum class Style {
    none,
    bar,   // one line of standard error, after two seconds
    lines  // {"done":1,"total":2} on standard output, when it changed
  };
  using Clock = std::chrono::steady_clock;

  explicit Progress(Style style) : style_(style) {}
  ~Progress() { end(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Bytes.
  void show(std::uint64_t done, std::uint64_t total);
  // Takes the bar away.
  void end();

 private:
  Style style_;
  Clock::time_point began_ = Clock::now();
  std::string shown_;
};

// "json", "bar" or "none"; empty: a bar when standard error is a terminal.
// Throws Errc::invalid for anything else.
Progress::Style progress_style(const std::string& word);

// " 42% [########            ] 1.2 GiB of 2.9 GiB, 310 MiB/s, 6s left"
std::string progress_bar(std::uint64_t done, std::uint64_t total,
                         std::chrono::milliseconds since);

}  // namespace platter::cli
