// src/format/guid.cpp
#include "guid.h"

#include <algorithm>

#include "platter/base/digest.h"

namespace platter::format {

std::string to_text(const Guid& guid) {
  constexpr std::size_t kDashes[] = {4, 6, 8, 10};
  std::string text;
  for (std::size_t n = 0; n < guid.bytes.size(); ++n) {
    if (std::ranges::count(kDashes, n) > 0) text += '-';
    text += to_hex(ByteView(guid.bytes).subspan(guid_digits::kPlaces[n], 1));
  }
  for (char& letter : text) {
    if (letter >= 'a') letter -= 'a' - 'A';
  }
  return text;
}

Guid guid_at(ByteView raw) {
  Guid guid;
  std::ranges::copy(raw.first(guid.bytes.size()), guid.bytes.begin());
  return guid;
}

Guid derived_guid(const Identity& identity, std::string_view role) {
  Bytes seed = to_bytes(identity.image_id);
  seed.insert(seed.end(), as_bytes(role).begin(), as_bytes(role).end());
  Guid guid = guid_at(sha256(seed));
  constexpr std::byte kLow{0x0f};
  guid.bytes[7] = (guid.bytes[7] & kLow) | std::byte{0x80};
  guid.bytes[8] = (guid.bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  return guid;
}

}  // namespace platter::format
