// include/platter/store/chunk_ref.h
//
// A block pointer: all a reader needs to fetch a chunk and to know that it is
// the right one. Readers never ask the hash index; losing that loses dedup,
// not data.
#pragma once

#include <compare>

#include "platter/base/integers.h"
#include "platter/pack/pack.h"

namespace platter::store {

struct ChunkRef {
  static constexpr std::size_t kSize = 20;  // bytes when encoded

  pack::PackId pack = 0;  // never 0 in a real reference
  pack::Slot slot = 0;
  std::uint64_t check = 0;  // low half of the chunk's Hash128

  auto operator<=>(const ChunkRef&) const = default;
  explicit operator bool() const noexcept { return pack != 0; }

  // Little endian: pack (8), slot (4), check (8). REQUIRES: room for kSize.
  void encode(MutableBytes out) const {
    store_le<std::uint64_t>(out, 0, pack);
    store_le<std::uint32_t>(out, 8, slot);
    store_le<std::uint64_t>(out, 12, check);
  }
  static ChunkRef decode(ByteView bytes) {
    return {load_le<std::uint64_t>(bytes, 0), load_le<std::uint32_t>(bytes, 8),
            load_le<std::uint64_t>(bytes, 12)};
  }
};

}  // namespace platter::store
