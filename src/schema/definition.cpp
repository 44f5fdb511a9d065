// src/schema/definition.cpp
#include "definition.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <set>

#include "platter/base/error.h"
#include "platter/json/json.h"
#include "platter/schema/values.h"

namespace platter::schema {

namespace {

using Items = std::vector<std::string>;

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-'
             : !std::isxdigit(static_cast<unsigned char>(text[i]))) {
      return false;
    }
  }
  return true;
}

// Of UTF-8: bytes that begin one.
std::uint64_t characters_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count_if(text, [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  }));
}

std::optional<std::string> kept_text(const Definition& definition,
                                     std::string_view value) {
  const bool fits = (!definition.is_uuid || is_uuid(value)) &&
                    definition.length.holds(characters_in(value)) &&
                    (!definition.pattern || definition.pattern->is_in(value));
  return fits ? std::optional(std::string(value)) : std::nullopt;
}

std::optional<std::string> kept_integer(const Definition& definition,
                                        std::string_view value) {
  const auto number = number_of<std::int64_t>(value);
  if (!number || !definition.whole.holds(*number)) return std::nullopt;
  return std::to_string(*number);
}

std::optional<std::string> kept_number(const Definition& definition,
                                       std::string_view value) {
  const auto number = number_of<double>(value);
  if (!number || !std::isfinite(*number) || !definition.real.holds(*number)) {
    return std::nullopt;
  }
  return fmt::format("{}", *number);
}

std::optional<std::string> kept_boolean(std::string_view value) {
  const auto truth = boolean_of(value);
  if (!truth) return std::nullopt;
  return *truth ? "true" : "false";
}

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<Items> items_of_json(std::string_view text) {
  Items items;
  try {
    for (const json::Json& item : json::parse_array(text, "a list")) {
      if (item.is_structured() || item.is_null()) return std::nullopt;
      items.push_back(item.is_string() ? item.get<std::string>() : item.dump());
    }
  } catch (const Error&) {
    return std::nullopt;
  }
  return items;
}

// "a, b" or ["a", "b"].
std::optional<Items> items_of(std::string_view text) {
  text = without_blanks(text);
  if (text.starts_with('[')) return items_of_json(text);
  Items items;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    items.emplace_back(without_blanks(text.substr(0, comma)));
    if (comma + 1 == text.size()) return std::nullopt;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

// What is kept has to be read back as the same list.
bool can_be_listed(std::string_view item) {
  return !item.empty() && item.find(',') == item.npos &&
         without_blanks(item) == item && !item.starts_with('[');
}

std::optional<std::string> kept_list(const Definition& definition,
                                     std::string_view value) {
  const auto items = items_of(value);
  if (!items || !definition.count.holds(items->size())) return std::nullopt;
  std::string list;
  std::set<std::string> seen;
  for (const std::string& item : *items) {
    const auto kept = definition.item.empty()
                          ? std::optional(item)
                          : kept_value(definition.item.front(), item);
    if (!kept || !can_be_listed(*kept)) return std::nullopt;
    if (!seen.insert(*kept).second && definition.unique) return std::nullopt;
    list += (list.empty() ? "" : ",") + *kept;
  }
  return list;
}

std::optional<std::string> kept_by_type(const Definition& definition,
                                        std::string_view value) {
  switch (definition.type) {
    case Type::string:
      return kept_text(definition, value);
    case Type::integer:
      return kept_integer(definition, value);
    case Type::number:
      return kept_number(definition, value);
    case Type::boolean:
      return kept_boolean(value);
    case Type::array:
      return kept_list(definition, value);
  }
  return std::nullopt;
}

// " from 1 to 3", " from 1", " up to 3"
template <typename Number>
std::string from_to(const Range<Number>& range) {
  std::string text;
  if (range.least) text += fmt::format(" from {}", *range.least);
  if (range.most) text += range.least ? " to " : " up to ";
  if (range.most) text += fmt::format("{}", *range.most);
  return text;
}

// " of 1 to 3 characters", " of at least 1 item"
std::string how_many(const Range<std::uint64_t>& range, const char* what) {
  if (!range.least && !range.most) return {};
  const std::uint64_t last = range.most ? *range.most : *range.least;
  const std::string things = fmt::format("{}{}", what, last == 1 ? "" : "s");
  if (!range.least) return fmt::format(" of at most {} {}", last, things);
  if (!range.most) return fmt::format(" of at least {} {}", last, things);
  if (range.least == range.most) return fmt::format(" of {} {}", last, things);
  return fmt::format(" of {} to {} {}", *range.least, last, things);
}

// With a blank in front; in quotes where it is no word by itself.
std::string word(const std::string& value) {
  const bool plain = !value.empty() && value.find(' ') == value.npos;
  return plain ? " " + value : " \"" + value + "\"";
}

std::string allowed_text(const Definition& definition) {
  std::string text =
      definition.is_uuid ? "a UUID, 8-4-4-4-12 hex digits" : "a text";
  text += how_many(definition.length, "character");
  if (definition.pattern)
    text += " that matches " + definition.pattern->source();
  return text;
}

std::string allowed_list(const Definition& definition) {
  std::string text = "a list" + how_many(definition.count, "item");
  if (definition.unique) text += ", none of them twice,";
  text += " with commas between";
  if (!definition.item.empty()) {
    text += ", each " + allowed_by(definition.item.front());
  }
  return text;
}

}  // namespace

std::optional<std::string> kept_value(const Definition& definition,
                                      std::string_view value) {
  auto kept = kept_by_type(definition, value);
  const auto& values = definition.values;
  const bool listed = !kept || values.empty() ||
                      std::ranges::find(values, *kept) != values.end();
  return listed ? kept : std::nullopt;
}

std::string allowed_by(const Definition& definition) {
  if (!definition.values.empty()) {
    std::string allowed = "one of";
    for (const std::string& one : definition.values) allowed += word(one);
    return allowed;
  }
  switch (definition.type) {
    case Type::string:
      return allowed_text(definition);
    case Type::integer:
      return "a whole number" + from_to(definition.whole);
    case Type::number:
      return "a number" + from_to(definition.real);
    case Type::boolean:
      return kBooleans;
    case Type::array:
      return allowed_list(definition);
  }
  return {};
}

}  // namespace platter::schema
