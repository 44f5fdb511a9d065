// src/transfer/content_range.h
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace platter::transfer {

// "bytes 0-499/1234" of RFC 9110, 14.4, and "bytes */1234".
struct ContentRange {
  std::optional<std::uint64_t> first;  // nullopt: '*', no byte
  std::uint64_t last = 0;
  std::optional<std::uint64_t> total;  // nullopt: '*', not known

  // nullopt for what is none or contradicts itself.
  static std::optional<ContentRange> parse(std::string_view text);
};

}  // namespace platter::transfer
