// include/platter/tree/node.h
//
// Node ids are values: they say what they name, so no table has to remember
// them, they are the same after a restart, and they serve as inode numbers.
#pragma once

#include <cstdint>
#include <optional>

#include "platter/format/disk_set.h"
#include "platter/format/view.h"
#include "platter/image/record.h"

namespace platter::tree {

// What a node is. The numbers are for ever: kernels and NFS clients keep ids.
enum class NodeKind : std::uint8_t {
  // Of the mount itself; their image number is 0.
  root = 1,
  readme = 2,
  images = 3,
  trash = 4,
  info = 5,
  errors = 6,
  schema = 7,
  // Of an image. The original has the lowest, so that tools that copy files
  // in the order of their inodes send it first.
  folder = 16,
  original = 17,
  json = 18,
  scratch = 19,  // a scratch file; its number is the draft's
  // Of the schema; its number is the namespace's place.
  schema_file = 20,
  view = 32,  // 32 + the view's number, to 63
  part = 64,  // 64 + the part's place in the record, to 255
};

struct NodeId {
  std::uint64_t value = 0;

  auto operator<=>(const NodeId&) const = default;

  NodeKind kind() const noexcept {
    const auto low = static_cast<std::uint8_t>(value & 0xff);
    if (low >= 64) return NodeKind::part;
    return low >= 32 ? NodeKind::view : static_cast<NodeKind>(low);
  }
  image::Number number() const noexcept { return value >> 8; }
  // REQUIRES: kind() == view.
  format::View view() const noexcept {
    return static_cast<format::View>((value & 0xff) - 32);
  }
  // REQUIRES: kind() == part.
  std::size_t place() const noexcept { return (value & 0xff) - 64; }

  static NodeId of(NodeKind kind, image::Number number = 0) noexcept {
    return {number << 8 | static_cast<std::uint8_t>(kind)};
  }
  static NodeId of_view(image::Number number, format::View view) noexcept {
    return {number << 8 | (32u + static_cast<std::uint8_t>(view))};
  }
  // REQUIRES: place < format::kMaxParts.
  static NodeId of_part(image::Number number, std::size_t place) noexcept {
    return {number << 8 | (64u + place)};
  }
};

static_assert(64 + format::kMaxParts <= 256);

inline constexpr NodeId kRoot{1};

}  // namespace platter::tree
