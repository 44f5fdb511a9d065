// src/base/amounts.cpp
#include "platter/base/amounts.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <span>

#include "platter/base/bytes.h"
#include "platter/base/integers.h"

namespace platter {

namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// The smallest first.
constexpr Unit kSizeUnits[] = {
    {"B", 1}, {"KiB", kKiB}, {"MiB", kMiB}, {"GiB", kGiB}, {"TiB", kTiB}};
constexpr Unit kTimeUnits[] = {
    {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 24 * 3600}};

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool names_unit(std::string_view text, std::string_view unit) {
  return same_ignoring_case(text, unit) ||
         same_ignoring_case(text, unit.substr(0, 1));
}

std::optional<std::uint64_t> parse_amount(std::string_view text,
                                          std::span<const Unit> units) {
  const std::size_t digits =
      std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_number<std::uint64_t>(text.substr(0, digits));
  if (!number) return std::nullopt;
  std::string_view unit = text.substr(digits);
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  if (unit.empty()) return number;
  for (const Unit& known : units) {
    if (names_unit(unit, known.name)) {
      return checked_multiply(*number, known.factor);
    }
  }
  return std::nullopt;
}

std::string show_amount(std::uint64_t amount, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (amount != 0 && amount % unit.factor == 0) best = &unit;
  }
  return fmt::format("{}{}", amount / best->factor, best->name);
}

}  // namespace

std::optional<double> parse_fraction(std::string_view text) {
  const auto number = parse_number<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse_amount(text, kSizeUnits);
}

std::string show_size(std::uint64_t bytes) {
  return show_amount(bytes, kSizeUnits);
}

std::string about_size(std::uint64_t bytes) {
  constexpr const char* kNames[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; amount >= 1000 && unit + 1 < std::size(kNames); ++unit) amount /= 1024;
  return fmt::format("{:.3g} {}", amount, kNames[unit]);
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  const auto seconds = parse_amount(text, kTimeUnits);
  // A thousand years: later sums of times must not overflow.
  if (!seconds || *seconds > 1000ull * 366 * 24 * 3600) return std::nullopt;
  return std::chrono::seconds(*seconds);
}

std::string show_duration(std::chrono::seconds duration) {
  return show_amount(static_cast<std::uint64_t>(duration.count()), kTimeUnits);
}

}  // namespace platter
