// src/transfer/content_range.cpp
#include "content_range.h"

#include "platter/base/amounts.h"

namespace platter::transfer {

std::optional<ContentRange> ContentRange::parse(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  const std::size_t slash = text.find('/');
  if (!text.starts_with(kUnit) || slash == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view range =
      text.substr(kUnit.size(), slash - kUnit.size());
  const std::string_view total = text.substr(slash + 1);
  ContentRange result;
  if (total != "*") {
    result.total = parse_number<std::uint64_t>(total);
    if (!result.total) return std::nullopt;
  }
  if (range == "*") return result;
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  result.first = parse_number<std::uint64_t>(range.substr(0, dash));
  const auto last = parse_number<std::uint64_t>(range.substr(dash + 1));
  if (!result.first || !last || *last < *result.first ||
      (result.total && *last >= *result.total)) {
    return std::nullopt;
  }
  result.last = *last;
  return result;
}

}  // namespace platter::transfer
