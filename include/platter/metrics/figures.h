// include/platter/metrics/figures.h
//
// All figures of a service as one text that Prometheus reads (outside library:
// prometheus-cpp). Nothing is kept here: who has figures says how they are
// worked out, and that happens when somebody reads the text.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "platter/metrics/family.h"

namespace platter::metrics {

// Thread-safe.
class Figures {
 public:
  // May be called from several threads at once.
  using Collector = std::function<Families()>;

  // What `collect` uses must outlive it.
  void add(Collector collect);

  // The families in the order of their collectors. What a collector throws is
  // logged, and its families are left out: the others are still worth reading.
  // The end is a comment of blanks up to a multiple of kTextUnit, and at least
  // kLeastFill of them: the text grows and shrinks with every digit, and who
  // asks for its size before reading it must not cut off what counts.
  std::string text() const;
  static constexpr std::size_t kTextUnit = 4096;  // bytes
  static constexpr std::size_t kLeastFill = 256;

 private:
  mutable std::mutex mutex_;  // guards collectors_
  std::vector<Collector> collectors_;
};

}  // namespace platter::metrics
