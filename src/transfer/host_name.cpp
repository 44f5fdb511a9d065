// src/transfer/host_name.cpp
#include "host_name.h"

#include "ascii.h"

namespace platter::transfer {

namespace {

constexpr std::size_t kLongestName = 253;  // RFC 1035, without the last dot
constexpr std::size_t kLongestLabel = 63;

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel &&
         is_made_of(label, "-_");
}

}  // namespace

std::optional<std::string> host_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > kLongestName) return std::nullopt;
  std::string name = lower(text);
  std::string_view rest = name;
  while (true) {
    const std::size_t dot = rest.find('.');
    if (!is_label(rest.substr(0, dot))) return std::nullopt;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (is_digit(rest.front())) return std::nullopt;
  return name;
}

}  // namespace platter::transfer
