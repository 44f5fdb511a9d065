// src/schema/read_definition.cpp
#include "read_definition.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "platter/base/error.h"

namespace platter::schema {

namespace {

using json::Json;

constexpr std::pair<std::string_view, Type> kTypes[] = {
    {"string", Type::string},
    {"integer", Type::integer},
    {"number", Type::number},
    {"boolean", Type::boolean},
    {"array", Type::array}};

// A keyword, and the types that have it; none: all.
struct Keyword {
  std::string_view name;
  std::vector<Type> types = {};
};

const std::vector<Keyword>& keywords() {
  using enum Type;
  static const std::vector<Keyword> kKeywords = {
      {"type"},
      {"title"},
      {"description"},
      {"default"},
      {"operators"},
      {"readonly"},
      {"enum", {string, integer, number}},
      {"format", {string}},
      {"pattern", {string}},
      {"minLength", {string}},
      {"maxLength", {string}},
      {"minimum", {integer, number}},
      {"maximum", {integer, number}},
      {"items", {array}},
      {"minItems", {array}},
      {"maxItems", {array}},
      {"uniqueItems", {array}},
  };
  return kKeywords;
}

std::string_view name_of(Type type) {
  return std::ranges::find(kTypes, type,
                           [](const auto& pair) { return pair.second; })
      ->first;
}

// A value as a property would be given it.
std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : json::one_line(value);
}

// One definition being read.
class Reader {
 public:
  Reader(const Json& written, const std::string& where)
      : written_(written), where_(where) {}

  Definition read() {
    if (!written_.is_object()) refuse("is an object, in { and }");
    made_.type = read_type();
    check_keywords();
    read_text();
    made_.whole = range<std::int64_t>("minimum", "maximum", Type::integer);
    made_.real = range<double>("minimum", "maximum", Type::number);
    read_list();
    // Last, as these are values of what was read.
    read_values();
    check_default();
    return std::move(made_);
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(Errc::invalid, where_ + " " + what);
  }
  [[noreturn]] void refuse(std::string_view keyword,
                           const std::string& what) const {
    throw Error(Errc::invalid, fmt::format("{}: {} {}", where_, keyword, what));
  }

  const Json* find(std::string_view keyword) const {
    const auto found = written_.find(keyword);
    return found == written_.end() ? nullptr : &*found;
  }

  Type read_type() const {
    const Json* type = find("type");
    const std::string name = type ? text_of(*type) : std::string();
    for (const auto& [known, value] : kTypes) {
      if (name == known) return value;
    }
    refuse("type", "is one of string integer number boolean array; " +
                       (type ? "\"" + name + "\" is not" : "it is missing"));
  }

  void check_keywords() const {
    for (const auto& [name, value] : written_.items()) {
      const auto known = std::ranges::find(keywords(), name, &Keyword::name);
      if (known == keywords().end()) {
        std::string all;
        for (const Keyword& one : keywords())
          all += " " + std::string(one.name);
        refuse("has \"" + name + "\", which is none of" + all +
               "; correct or remove it");
      }
      const auto& types = known->types;
      if (!types.empty() && std::ranges::count(types, made_.type) == 0) {
        refuse(name, fmt::format("means nothing for type {}; remove it",
                                 schema::name_of(made_.type)));
      }
    }
  }

  void read_text() {
    made_.length = range<std::uint64_t>("minLength", "maxLength", Type::string);
    if (const Json* format = find("format")) {
      made_.is_uuid = *format == "uuid";
      if (!made_.is_uuid) {
        refuse("format", "is uuid; \"" + text_of(*format) + "\" is not known");
      }
    }
    const Json* pattern = find("pattern");
    if (pattern == nullptr) return;
    try {
      made_.pattern.emplace(text_of(*pattern));
    } catch (const Error& problem) {
      refuse("pattern", problem.what());
    }
  }

  template <typename Number>
  Range<Number> range(const char* least, const char* most, Type type) const {
    if (made_.type != type) return {};
    const Range<Number> range{bound<Number>(least), bound<Number>(most)};
    if (range.is_empty()) {
      refuse(least, fmt::format("is {}, more than {}, {}; nothing would be "
                                "allowed",
                                *range.least, most, *range.most));
    }
    return range;
  }

  template <typename Number>
  std::optional<Number> bound(const char* keyword) const {
    const Json* value = find(keyword);
    if (value == nullptr) return std::nullopt;
    bool fits = value->is_number_integer();
    if constexpr (std::is_unsigned_v<Number>)
      fits = value->is_number_unsigned();
    if constexpr (std::is_floating_point_v<Number>) fits = value->is_number();
    if (!fits) {
      refuse(keyword, std::string("is a ") +
                          (std::is_floating_point_v<Number> ? "" : "whole ") +
                          "number" +
                          (std::is_unsigned_v<Number> ? " from 0" : "") + "; " +
                          json::one_line(*value) + " is not");
    }
    return value->get<Number>();
  }

  void read_list() {
    made_.count = range<std::uint64_t>("minItems", "maxItems", Type::array);
    if (const Json* unique = find("uniqueItems")) {
      if (!unique->is_boolean()) refuse("uniqueItems", "is true or false");
      made_.unique = unique->get<bool>();
    }
    const Json* items = find("items");
    if (items == nullptr) return;
    // Glance leaves the type of items out where it is string.
    Json item = *items;
    if (item.is_object() && !item.contains("type")) item["type"] = "string";
    made_.item.push_back(read_definition(item, where_ + ": items"));
    if (made_.item.front().type == Type::array) {
      refuse("items", "are no lists themselves; take another type");
    }
  }

  void read_values() {
    const Json* values = find("enum");
    if (values == nullptr) return;
    if (!values->is_array() || values->empty()) {
      refuse("enum", "is a list of the values that are allowed, in [ and ]");
    }
    std::vector<std::string> kept;
    for (const Json& value : *values) kept.push_back(own_value("enum", value));
    made_.values = std::move(kept);
  }

  void check_default() const {
    if (const Json* value = find("default")) own_value("default", *value);
  }

  std::string own_value(const char* keyword, const Json& value) const {
    const auto kept = kept_value(made_, text_of(value));
    if (kept) return *kept;
    refuse(keyword, fmt::format("has {}, but a value is {}",
                                json::one_line(value), allowed_by(made_)));
  }

  const Json& written_;
  const std::string& where_;
  Definition made_;
};

}  // namespace

Definition read_definition(const Json& written, const std::string& where) {
  return Reader(written, where).read();
}

}  // namespace platter::schema
