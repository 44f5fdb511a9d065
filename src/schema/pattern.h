// src/schema/pattern.h
//
// A regular expression in ECMAScript's notation, as JSON Schema has it. It is
// the operator's and the text is a user's, so matching takes time that the
// text's length bounds, whatever the expression.
#pragma once

#include <regex>
#include <string>
#include <string_view>

namespace platter::schema {

class Pattern {
 public:
  static constexpr std::size_t kLongestText = 1024;  // bytes

  // Throws Errc::invalid, a sentence without a name in front, for what is no
  // expression, and for back references.
  explicit Pattern(std::string source);

  const std::string& source() const noexcept { return source_; }

  // Whether it matches somewhere in the text. A text longer than
  // kLongestText never does.
  bool is_in(std::string_view text) const;
  // ... the whole text.
  bool is_whole(std::string_view text) const;

  bool operator==(const Pattern& other) const {
    return source_ == other.source_;
  }

 private:
  std::string source_;
  std::regex compiled_;
};

}  // namespace platter::schema
