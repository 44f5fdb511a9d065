// include/platter/metrics/health.h
//
// Whether the service is well: checks that each find out one thing, when they
// are asked.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "platter/metrics/family.h"

namespace platter::metrics {

enum class State {
  ok,
  degraded,  // it serves, and somebody has to look at it soon
  failing,   // some of what it is for does not work
};
std::string_view name_of(State state) noexcept;

// One of them. Everybody may read the message: it names no project. Unless it
// is ok it says what to do.
struct Verdict {
  State state = State::ok;
  std::string message;
};

struct Finding {
  std::string check;
  Verdict verdict;
};

// The worst of them; ok when there is none.
State worst(const std::vector<Finding>& findings) noexcept;

// A figure of them, for alerts: 0, 1 or 2 for each check.
Families families_of(const std::vector<Finding>& findings);

// Thread-safe.
class Health {
 public:
  // Quick; may be called from several threads at once.
  using Check = std::function<Verdict()>;

  // What `check` uses must outlive it.
  void add(std::string name, Check check);

  // What each check finds, in their order. One that throws is failing.
  std::vector<Finding> examine() const;

 private:
  mutable std::mutex mutex_;  // guards checks_
  std::vector<std::pair<std::string, Check>> checks_;
};

}  // namespace platter::metrics
