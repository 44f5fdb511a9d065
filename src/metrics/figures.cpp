#include "platter/metrics/figures.h"

#include <prometheus/text_serializer.h>

#include <limits>

#include "platter/base/log.h"

namespace platter::metrics {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

double seconds_of(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

// There a bucket counts what the shorter ones do, too.
ClientMetric::Histogram to_histogram(const Durations& durations) {
  ClientMetric::Histogram histogram;
  std::uint64_t count = 0;
  for (std::size_t n = 0; n < durations.buckets.size(); ++n) {
    count += durations.buckets[n];
    const double bound = n < Durations::kBounds.size()
                             ? seconds_of(Durations::kBounds[n])
                             : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({count, bound});
  }
  histogram.sample_count = count;
  histogram.sample_sum = seconds_of(durations.sum);
  return histogram;
}

MetricType to_type(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return MetricType::Counter;
    case Kind::gauge:
      return MetricType::Gauge;
    case Kind::histogram:
      return MetricType::Histogram;
  }
  return MetricType::Untyped;
}

ClientMetric to_metric(const Sample& sample, Kind kind) {
  ClientMetric metric;
  for (const auto& [name, value] : sample.labels) {
    metric.label.push_back({name, value});
  }
  switch (kind) {
    case Kind::counter:
      metric.counter.value = sample.value;
      break;
    case Kind::gauge:
      metric.gauge.value = sample.value;
      break;
    case Kind::histogram:
      metric.histogram = to_histogram(sample.durations);
      break;
  }
  return metric;
}

MetricFamily to_prometheus(const Family& family) {
  MetricFamily result{family.name, family.help, to_type(family.kind), {}};
  for (const Sample& sample : family.samples) {
    result.metric.push_back(to_metric(sample, family.kind));
  }
  return result;
}

void fill_up(std::string& text) {
  constexpr std::size_t kUnit = Figures::kTextUnit;
  const std::size_t least = text.size() + Figures::kLeastFill;
  text += '#';
  text.resize((least + kUnit - 1) / kUnit * kUnit, ' ');
  text.back() = '\n';
}

}  // namespace

void Figures::add(Collector collect) {
  const std::scoped_lock lock(mutex_);
  collectors_.push_back(std::move(collect));
}

std::string Figures::text() const {
  std::vector<Collector> collectors;
  {
    const std::scoped_lock lock(mutex_);
    collectors = collectors_;
  }
  std::vector<MetricFamily> families;
  for (const Collector& collect : collectors) {
    try {
      for (const Family& family : collect()) {
        families.push_back(to_prometheus(family));
      }
    } catch (const std::exception& problem) {
      log::warning("some metrics cannot be worked out",
                   {{"why", problem.what()}});
    }
  }
  std::string text = prometheus::TextSerializer().Serialize(families);
  fill_up(text);
  return text;
}

}  // namespace platter::metrics
