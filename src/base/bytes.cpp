// src/base/bytes.cpp
#include "platter/base/bytes.h"

#include <cstring>

namespace platter {

bool all_zero(ByteView bytes) noexcept {
  // Comparing the bytes with themselves, one further on, lets memcmp do it
  // at vector speed.
  if (bytes.empty()) return true;
  if (bytes[0] != std::byte{0}) return false;
  return std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace platter
