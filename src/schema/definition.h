// src/schema/definition.h
//
// What one property takes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pattern.h"

namespace platter::schema {

enum class Type { string, integer, number, boolean, array };

template <typename Number>
struct Range {
  std::optional<Number> least;
  std::optional<Number> most;

  bool holds(Number number) const {
    return (!least || number >= *least) && (!most || number <= *most);
  }
  bool is_empty() const { return least && most && *least > *most; }
  bool operator==(const Range&) const = default;
};

struct Definition {
  Type type = Type::string;
  std::vector<std::string> values;  // if any: one of these, as they are kept
  bool is_uuid = false;             // of a string
  Range<std::uint64_t> length;      // of a string, in characters
  std::optional<Pattern> pattern;   // of a string
  Range<std::int64_t> whole;        // of an integer
  Range<double> real;               // of a number
  std::vector<Definition> item;     // of an array: one; none: any text
  Range<std::uint64_t> count;       // of an array's items
  bool unique = false;              // no item twice

  bool operator==(const Definition&) const = default;
};

// The value as it is kept; nullopt when it is not allowed.
std::optional<std::string> kept_value(const Definition& definition,
                                      std::string_view value);

// "a whole number from 0"; what a sentence goes on with after "NAME is".
std::string allowed_by(const Definition& definition);

}  // namespace platter::schema
