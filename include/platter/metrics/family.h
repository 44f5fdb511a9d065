// include/platter/metrics/family.h
//
// A figure as Prometheus takes it: a name that says the unit
// ("platter_store_bytes"), a line of help, and a value for each set of labels.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platter/metrics/histogram.h"

namespace platter::metrics {

enum class Kind {
  counter,    // only grows, from 0 at the start of the process
  gauge,      // goes up and down
  histogram,  // of durations
};

using Labels = std::vector<std::pair<std::string, std::string>>;

struct Sample {
  Labels labels;
  double value = 0;
  Durations durations = {};  // of histograms, in place of the value
};

struct Family {
  std::string name;
  std::string help;
  Kind kind = Kind::gauge;
  std::vector<Sample> samples;
};

using Families = std::vector<Family>;

// With one value and no labels.
template <typename Number>
Family counter(std::string name, std::string help, Number value) {
  return {std::move(name),
          std::move(help),
          Kind::counter,
          {{{}, static_cast<double>(value)}}};
}
template <typename Number>
Family gauge(std::string name, std::string help, Number value) {
  return {std::move(name),
          std::move(help),
          Kind::gauge,
          {{{}, static_cast<double>(value)}}};
}

}  // namespace platter::metrics
