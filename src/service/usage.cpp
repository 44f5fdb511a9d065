// src/service/usage.cpp
#include "platter/service/usage.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

namespace platter::service {

namespace {

using std::chrono::nanoseconds;
using std::chrono::sys_days;
using std::chrono::sys_time;

constexpr std::int64_t kHour = 3'600'000'000'000;  // nanoseconds
constexpr std::int64_t kMinute = kHour / 60;

std::optional<unsigned> digits(std::string_view text) {
  unsigned number = 0;
  const auto [end, problem] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

// An image may be held several times in a month, and be renamed meanwhile.
using Key = std::tuple<std::string, image::ImageId, std::uint64_t>;

struct Sum {
  UsageLine line;
  std::int64_t held = 0;  // nanoseconds
};

// Counts what of `holding` lies between the two.
void add(std::map<Key, Sum>& sums, const image::Holding& holding,
         Timestamp from, Timestamp until) {
  const bool open = !holding.until;
  const Timestamp begin = std::max(holding.from, from);
  const Timestamp end = open ? until : std::min(holding.until, until);
  if (begin >= end) return;
  Sum& sum = sums[{holding.project, holding.id, holding.bytes}];
  UsageLine& line = sum.line;
  if (sum.held == 0 || begin < line.from) line.from = begin;
  if (end > line.until) {
    line.until = end;
    line.name = holding.name;
    line.stored_bytes = holding.stored_bytes;
  }
  line.held = line.held || open || holding.until > until;
  sum.held += end.nanoseconds - begin.nanoseconds;
}

// Changes of one moment are a nanosecond apart; that begins no hour.
unsigned begun_hours(std::int64_t nanoseconds) {
  constexpr std::int64_t kSecond = kHour / 3600;
  const std::int64_t held = nanoseconds / kSecond * kSecond;
  return std::max(1u, static_cast<unsigned>((held + kHour - 1) / kHour));
}

UsageLine priced(const Key& key, Sum sum, unsigned hours, const Rate& rate) {
  UsageLine line = std::move(sum.line);
  std::tie(line.project, line.id, line.bytes) = key;
  line.hours = std::min(hours, begun_hours(sum.held));
  line.gib_months = static_cast<double>(line.bytes) /
                    static_cast<double>(kGiB) * line.hours / hours;
  line.cost = line.gib_months * rate.per_gib_month;
  return line;
}

}  // namespace

Month month_of(Timestamp time) {
  const sys_time<nanoseconds> point{nanoseconds(time.nanoseconds)};
  const std::chrono::year_month_day day{
      std::chrono::floor<std::chrono::days>(point)};
  return day.year() / day.month();
}

std::optional<Month> parse_month(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5));
  if (!year || !month || *year < 1970 || *year > 2200 || *month < 1 ||
      *month > 12) {
    return std::nullopt;
  }
  return std::chrono::year(static_cast<int>(*year)) /
         std::chrono::month(*month);
}

std::string to_text(Month month) {
  return fmt::format("{:04}-{:02}", static_cast<int>(month.year()),
                     static_cast<unsigned>(month.month()));
}

Timestamp begin_of(Month month) {
  return {nanoseconds(sys_days(month / 1).time_since_epoch()).count()};
}

unsigned hours_of(Month month) {
  return static_cast<unsigned>(
      (end_of(month).nanoseconds - begin_of(month).nanoseconds) / kHour);
}

double UsageReport::gib_months() const noexcept {
  double sum = 0;
  for (const UsageLine& line : lines) sum += line.gib_months;
  return sum;
}

double UsageReport::cost() const noexcept {
  return gib_months() * rate.per_gib_month;
}

Usage::Usage(const image::Ledger& ledger, const image::Projects& projects,
             const Clock& clock, Rate rate)
    : ledger_(ledger),
      projects_(projects),
      clock_(clock),
      rate_(std::move(rate)) {}

Timestamp Usage::beginning(const std::optional<std::string>& project) const {
  const auto found = project ? projects_.find(*project) : nullptr;
  return found && found->number != 0 ? found->created_at : Timestamp{};
}

UsageReport Usage::report(const std::optional<std::string>& project,
                          Month month) const {
  UsageReport report;
  report.month = month;
  report.hours = hours_of(month);
  report.rate = rate_;
  // Whole minutes, so that the report of this month is not another one each
  // time that somebody looks.
  const Timestamp now{clock_.now().nanoseconds / kMinute * kMinute + kMinute};
  report.until = std::min(end_of(month), now);
  const Timestamp from = std::max(begin_of(month), beginning(project));
  std::map<Key, Sum> sums;
  ledger_.list(project, from, [&](const image::Holding& holding) {
    add(sums, holding, from, report.until);
  });
  for (auto& [key, sum] : sums) {
    report.lines.push_back(priced(key, std::move(sum), report.hours, rate_));
  }
  std::ranges::sort(report.lines, {}, [](const UsageLine& line) {
    return std::tie(line.project, line.name, line.id, line.bytes);
  });
  return report;
}

std::vector<Month> Usage::months(
    const std::optional<std::string>& project) const {
  const Timestamp now = clock_.now();
  const Timestamp begin = beginning(project);
  Timestamp first = now;
  ledger_.list(project, begin, [&](const image::Holding& holding) {
    first = std::min(first, std::max(holding.from, begin));
  });
  std::vector<Month> months;
  for (Month month = month_of(first); month <= month_of(now);
       month += std::chrono::months(1)) {
    months.push_back(month);
  }
  return months;
}

std::uint64_t Usage::stamp() const {
  return static_cast<std::uint64_t>(clock_.now().nanoseconds / kMinute);
}

}  // namespace platter::service
