// include/platter/base/amounts.h
//
// Numbers, sizes and times as people write them. Each parse answers nullopt
// for a text that is not one.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace platter {

// The whole text as a decimal number.
template <typename Integer>
std::optional<Integer> parse_number(std::string_view text) {
  Integer number{};
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || stop != end) return std::nullopt;
  return number;
}

// "0.25", "3", "1e-3"; nullopt for what is no number, or none that ends.
std::optional<double> parse_fraction(std::string_view text);

// "4096", "64KiB", "64 MiB"; units B, KiB, MiB, GiB, TiB and their first
// letters, in any letter case. Bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);
// In the largest unit that keeps it whole.
std::string show_size(std::uint64_t bytes);

// "34.5 GiB": for people, to three digits.
std::string about_size(std::uint64_t bytes);

// "5", "5s", "90 min", "24h", "30d"; a bare number is seconds.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);
std::string show_duration(std::chrono::seconds duration);

}  // namespace platter
