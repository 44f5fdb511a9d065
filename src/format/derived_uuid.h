// src/format/derived_uuid.h
//
// Identifiers that a view shows and that are the same on every mount.
#pragma once

#include <algorithm>

#include "platter/base/digest.h"
#include "platter/format/format.h"

namespace platter::format {

using Uuid = std::array<std::byte, 16>;

// A UUID that follows from the image's id and from what it is for. Its bits
// say "random" (RFC 4122, version 4) when its first three fields are little
// endian, as files of VirtualBox and Microsoft have them.
inline Uuid derived_uuid(const Identity& identity, std::string_view role) {
  Bytes text = to_bytes(ByteView(identity.image_id));
  std::ranges::copy(as_bytes(role), std::back_inserter(text));
  const auto digest = sha256(text);
  Uuid uuid;
  std::copy_n(digest.begin(), uuid.size(), uuid.begin());
  uuid[7] = (uuid[7] & std::byte{0x0f}) | std::byte{0x40};
  uuid[8] = (uuid[8] & std::byte{0x3f}) | std::byte{0x80};
  return uuid;
}

}  // namespace platter::format
