#include "platter/metrics/health.h"

#include <algorithm>

#include "platter/base/log.h"

namespace platter::metrics {

namespace {

Verdict verdict_of(const std::string& name, const Health::Check& check) {
  try {
    return check();
  } catch (const std::exception& problem) {
    // What it says may be about anything; the log is the operator's.
    log::error("cannot check the health",
               {{"check", name}, {"why", problem.what()}});
    return {State::failing, "cannot be found out; the log says why"};
  }
}

}  // namespace

std::string_view name_of(State state) noexcept {
  switch (state) {
    case State::ok:
      return "ok";
    case State::degraded:
      return "degraded";
    case State::failing:
      return "failing";
  }
  return "failing";
}

State worst(const std::vector<Finding>& findings) noexcept {
  State state = State::ok;
  for (const Finding& finding : findings) {
    state = std::max(state, finding.verdict.state);
  }
  return state;
}

Families families_of(const std::vector<Finding>& findings) {
  Family health{"platter_health",
                "What info/health finds: 0 ok, 1 degraded, 2 failing.",
                Kind::gauge,
                {}};
  for (const Finding& finding : findings) {
    health.samples.push_back({{{"check", finding.check}},
                              static_cast<double>(finding.verdict.state)});
  }
  return {std::move(health)};
}

void Health::add(std::string name, Check check) {
  const std::scoped_lock lock(mutex_);
  checks_.emplace_back(std::move(name), std::move(check));
}

std::vector<Finding> Health::examine() const {
  std::vector<std::pair<std::string, Check>> checks;
  {
    const std::scoped_lock lock(mutex_);
    checks = checks_;
  }
  std::vector<Finding> findings;
  for (const auto& [name, check] : checks) {
    findings.push_back({name, verdict_of(name, check)});
  }
  return findings;
}

}  // namespace platter::metrics
