// src/format/guid.h
//
// The ids that Microsoft's formats name things by, as they stand on disk: the
// first three groups of digits little endian.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "platter/format/format.h"

namespace platter::format {

struct Guid {
  std::array<std::byte, 16> bytes{};
  bool operator==(const Guid&) const = default;
};

inline constexpr Guid kNoGuid{};

namespace guid_digits {
// The place on disk of each pair of digits.
inline constexpr std::size_t kPlaces[] = {3, 2, 1,  0,  5,  4,  7,  6,
                                          8, 9, 10, 11, 12, 13, 14, 15};
constexpr int digit(char letter) {
  return letter <= '9' ? letter - '0' : letter - 'A' + 10;
}
}  // namespace guid_digits

// REQUIRES: `text` is like "2DC27766-F623-4200-9D64-115E9BFD4A08".
constexpr Guid guid(std::string_view text) {
  Guid guid;
  std::size_t at = 0;
  for (const std::size_t place : guid_digits::kPlaces) {
    if (text[at] == '-') ++at;
    guid.bytes[place] = static_cast<std::byte>(
        guid_digits::digit(text[at]) * 16 + guid_digits::digit(text[at + 1]));
    at += 2;
  }
  return guid;
}

// The inverse of guid().
std::string to_text(const Guid& guid);

// REQUIRES: `raw` has at least 16 bytes.
Guid guid_at(ByteView raw);

// An id for a part of a view, the same on every mount: a digest of the
// image's id and of `role`, marked as version 8 (RFC 9562).
Guid derived_guid(const Identity& identity, std::string_view role);

}  // namespace platter::format
