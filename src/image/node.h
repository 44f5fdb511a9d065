// src/image/node.h
//
// What the four kinds of nodes share: a header and a row of entries of one
// length. docs/format/disk-map.md has the bytes.
#pragma once

#include <string>

#include "platter/base/bytes.h"
#include "platter/store/chunk_ref.h"

namespace platter::image {

struct NodeKind {
  std::uint32_t magic;
  std::size_t entry_size;  // bytes
  std::uint32_t most_entries;
  std::uint8_t least_height;
  std::uint8_t most_height;
  const char* name;  // for sentences
};

inline constexpr NodeKind kInnerNode{0x6e695450, 46, 1024, 1, 3, "inner node"};
inline constexpr NodeKind kLeafParent{0x706c5450, 32, 1024,
                                      1,          1,  "parent of leaves"};
inline constexpr NodeKind kDiskLeaf{0x6c645450, 26, 16384,
                                    0,          0,  "leaf of a disk map"};
inline constexpr NodeKind kFileLeaf{0x6c665450, 16, 1u << 18,
                                    0,          0,  "leaf of a file map"};

// A node's bytes with a header of `kind`, the entries still zeros. Throws
// Errc::too_large when a node cannot hold as many.
Bytes new_node(const NodeKind& kind, std::uint8_t height, std::size_t entries);
MutableBytes entry_of(const NodeKind& kind, Bytes& node, std::size_t entry);

// Entries of a node whose header was checked. Does not own the bytes.
class NodeView {
 public:
  // Whether the bytes claim to be of `kind`.
  static bool is_kind(const NodeKind& kind, ByteView bytes) noexcept;

  // Throws Errc::damaged unless the bytes are a node of `kind`, whole.
  NodeView(const NodeKind& kind, ByteView bytes);

  std::uint8_t height() const noexcept { return height_; }
  std::size_t size() const noexcept { return entries_; }
  // REQUIRES: entry < size().
  ByteView operator[](std::size_t entry) const noexcept {
    return bytes_.subspan(first_ + entry * entry_size_, entry_size_);
  }

 private:
  ByteView bytes_;
  std::size_t first_;  // where the entries begin
  std::size_t entry_size_;
  std::size_t entries_;
  std::uint8_t height_;
};

// "slot 7 of pack 3", for sentences.
std::string place_of(const store::ChunkRef& ref);

}  // namespace platter::image
