// src/schema/values.cpp
#include "platter/schema/values.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "platter/base/error.h"

namespace platter::schema {

namespace {

constexpr std::size_t kLongestShown = 100;  // bytes

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

std::string shown(std::string_view value) {
  if (value.size() <= kLongestShown) return std::string(value);
  std::size_t length = kLongestShown;
  while (length > 0 && continues_character(value[length])) --length;
  return std::string(value.substr(0, length)) + "...";
}

}  // namespace

void refuse_value(std::string_view name, std::string_view value,
                  const std::string& allowed) {
  throw Error(Errc::invalid, std::string(name) + " is " + allowed + "; \"" +
                                 shown(value) + "\" is not");
}

std::optional<bool> boolean_of(std::string_view value) {
  std::string word(value);
  std::ranges::transform(word, word.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  if (word == "true" || word == "1" || word == "yes") return true;
  if (word == "false" || word == "0" || word == "no") return false;
  return std::nullopt;
}

bool checked_bool(std::string_view name, std::string_view value) {
  if (const auto truth = boolean_of(value)) return *truth;
  refuse_value(name, value, kBooleans);
}

std::uint64_t checked_number(std::string_view name, std::string_view value) {
  std::uint64_t number = 0;
  const char* end = value.data() + value.size();
  const auto parsed = std::from_chars(value.data(), end, number);
  if (value.empty() || parsed.ec != std::errc() || parsed.ptr != end) {
    refuse_value(name, value, "a whole number from 0");
  }
  return number;
}

}  // namespace platter::schema
