// src/cli/setting_makers.h
//
// The kinds of settings that there are: a row of the table each, from the field
// of Config that it sets and what is said of it.
#pragma once

#include <fmt/core.h>

#include "platter/cli/settings.h"
#include "platter/service/quotas.h"
#include "setting_values.h"
#include "values.h"

namespace platter::cli {

// A thousand years; the sum with any time of day fits 64 bits of nanoseconds
// only below about two hundred, so times are bounded by a hundred.
inline constexpr std::chrono::seconds kLongest{100ll * 366 * 24 * 3600};

// Puts `value` in place if it lies within the bounds.
template <typename Value>
bool set_within(std::optional<Value> value, Value least, Value most,
                Value& place) {
  if (!value || *value < least || *value > most) return false;
  place = *value;
  return true;
}

inline bool set_time(std::string_view text, std::chrono::seconds& place) {
  return set_within(parse_duration(text), std::chrono::seconds{0}, kLongest,
                    place);
}

// An absolute one, as the daemon works in another folder; empty: none.
inline bool set_path(std::string_view text, std::string& place) {
  if (!text.empty() && !text.starts_with('/')) return false;
  place = text;
  return true;
}

// What is said of a setting, in a table.
struct Words {
  std::string_view table, key, option, allowed, meaning;
};

// A setting that is one field: `table` is a member of Config, `field` one of
// its. `set` is as set_time(); `show` writes the value as TOML.
template <auto table, auto field, auto set, auto show>
constexpr Setting field_setting(const Words& words, bool is_flag = false) {
  return {words.table,
          words.key,
          words.option,
          words.allowed,
          words.meaning,
          is_flag,
          [](Config& config, std::string_view text) {
            return set(text, config.*table.*field);
          },
          [](const Config& config) -> std::string {
            return show(config.*table.*field);
          }};
}

inline constexpr auto kShowPlain = [](auto value) {
  return fmt::format("{}", value);
};
inline constexpr auto kShowText = [](const std::string& text) {
  return toml_text(text);
};

template <auto table, auto field>
constexpr Setting flag_setting(std::string_view in, std::string_view key,
                               std::string_view option,
                               std::string_view meaning) {
  constexpr auto kSet = [](std::string_view text, bool& place) {
    return set_within(parse_bool(text), false, true, place);
  };
  return field_setting<table, field, kSet, kShowPlain>(
      {in, key, option, "true or false", meaning}, true);
}

template <auto table, auto field>
constexpr Setting time_setting(std::string_view in, std::string_view key,
                               std::string_view option,
                               std::string_view meaning) {
  constexpr auto kShow = [](std::chrono::seconds time) {
    return toml_text(show_duration(time));
  };
  return field_setting<table, field, set_time, kShow>(
      {in, key, option, "a time from 0s to 36600d", meaning});
}

template <auto table, auto field>
constexpr Setting path_setting(std::string_view in, std::string_view key,
                               std::string_view option,
                               std::string_view meaning) {
  return field_setting<table, field, set_path, kShowText>(
      {in, key, option, "an absolute path", meaning});
}

template <auto table, auto field>
constexpr Setting text_setting(std::string_view in, std::string_view key,
                               std::string_view option,
                               std::string_view allowed,
                               std::string_view meaning) {
  constexpr auto kSet = [](std::string_view text, std::string& place) {
    place = text;
    return true;
  };
  return field_setting<table, field, kSet, kShowText>(
      {in, key, option, allowed, meaning});
}

template <auto table, auto field, std::uint64_t least, std::uint64_t most>
constexpr Setting size_setting(std::string_view in, std::string_view key,
                               std::string_view option,
                               std::string_view allowed,
                               std::string_view meaning) {
  constexpr auto kSet = [](std::string_view text, std::uint64_t& place) {
    return set_within(parse_size(text), least, most, place);
  };
  constexpr auto kShow = [](std::uint64_t size) {
    return toml_text(show_size(size));
  };
  return field_setting<table, field, kSet, kShow>(
      {in, key, option, allowed, meaning});
}

template <auto table, auto field, auto least, auto most>
constexpr Setting number_setting(std::string_view in, std::string_view key,
                                 std::string_view option,
                                 std::string_view allowed,
                                 std::string_view meaning) {
  using Number = decltype(least);
  constexpr auto kSet = [](std::string_view text, Number& place) {
    return set_within(parse_number<Number>(text), least, most, place);
  };
  return field_setting<table, field, kSet, kShowPlain>(
      {in, key, option, allowed, meaning});
}

// A right of the policy: that of administrators, or of an image's owner.
template <access::Who PolicyConfig::*right>
constexpr Setting right_setting(std::string_view key,
                                std::string_view meaning) {
  return {"policy",
          key,
          key,
          "admin or owner",
          meaning,
          false,
          [](Config& config, std::string_view text) {
            return set_who(config.policy.*right, text, "owner");
          },
          [](const Config& config) {
            return show_who(config.policy.*right, "owner");
          }};
}

// A limit of a project.
template <image::Limit limit>
constexpr Setting limit_setting(std::string_view key, std::string_view option,
                                std::string_view meaning) {
  constexpr bool bytes = service::is_of_bytes(limit);
  return {
      "quotas",
      key,
      option,
      bytes ? "a size, or unlimited" : "a number, or unlimited",
      meaning,
      false,
      [](Config& config, std::string_view text) {
        return set_limit(config.quotas, limit, text);
      },
      [](const Config& config) { return show_limit(config.quotas, limit); }};
}

}  // namespace platter::cli
