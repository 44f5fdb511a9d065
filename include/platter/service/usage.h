// include/platter/service/usage.h
//
// Usage: what each project held in a month, and what that costs. A GiB-month is
// 1 GiB, as it was uploaded, held for all hours of the month; begun hours count
// whole. An image is held from when it is active until it goes to the trash.
// Months are those of UTC.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "platter/image/ledger.h"
#include "platter/image/projects.h"

namespace platter::service {

using Month = std::chrono::year_month;

Month month_of(Timestamp time);
// "2026-11"; nullopt for a text that is none, or not of a year from 1970 to
// 2200.
std::optional<Month> parse_month(std::string_view text);
std::string to_text(Month month);
Timestamp begin_of(Month month);
inline Timestamp end_of(Month month) {
  return begin_of(month + std::chrono::months(1));
}
unsigned hours_of(Month month);

struct Rate {
  double per_gib_month = 0;  // 0: nothing is charged
  std::string currency;      // "EUR"; may be empty
};

// An image, of one size, in that month.
struct UsageLine {
  std::string project;
  image::ImageId id;
  std::string name;
  std::uint64_t bytes = 0;         // that were uploaded
  std::uint64_t stored_bytes = 0;  // that its chunks take, shared ones too
  Timestamp from;                  // within the month
  Timestamp until;
  bool held = false;  // still, when the report ends
  unsigned hours = 0;
  double gib_months = 0;
  double cost = 0;
};

struct UsageReport {
  Month month{};
  Timestamp until;     // the end of the month, or now
  unsigned hours = 0;  // of the month
  Rate rate;
  std::vector<UsageLine> lines;  // by project, name and id

  double gib_months() const noexcept;
  double cost() const noexcept;
};

// Thread-safe.
class Usage {
 public:
  // All must outlive it.
  Usage(const image::Ledger& ledger, const image::Projects& projects,
        const Clock& clock, Rate rate);

  // Of one project since it is there, or of all (nullopt), also of those that
  // are gone. Of a month that has not come it is empty.
  UsageReport report(const std::optional<std::string>& project,
                     Month month) const;
  // Those in which anything was held, up to this one; this one at least.
  std::vector<Month> months(const std::optional<std::string>& project) const;
  // Changes whenever report() of this month may, but for changes of images.
  std::uint64_t stamp() const;
  // What a project of the same name held before is nobody's business but the
  // operator's: since when the project is there. "never" for the store's own
  // project, and for nullopt.
  Timestamp beginning(const std::optional<std::string>& project) const;

 private:
  const image::Ledger& ledger_;
  const image::Projects& projects_;
  const Clock& clock_;
  Rate rate_;
};

}  // namespace platter::service
