// src/transfer/ascii.h: letters as protocols mean them, whatever the locale.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace platter::transfer {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

inline bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

inline std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Whether all are letters, digits, or in `others`.
inline bool is_made_of(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || is_digit(c) ||
           others.find(c) != std::string_view::npos;
  });
}

// What follows the last '/'; all of it when there is none.
inline std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace platter::transfer
