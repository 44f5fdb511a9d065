// include/platter/tree/node.h
//
// Node ids are values: they say what they name, so no table has to remember
// them, they are the same after a restart, and they serve as inode numbers.
#pragma once

#include <cstdint>
#include <optional>

#include "platter/format/disk_set.h"
#include "platter/format/view.h"
#include "platter/image/project.h"
#include "platter/image/record.h"

namespace platter::tree {

// What a node is. The numbers are for ever: kernels and NFS clients keep ids.
enum class NodeKind : std::uint8_t {
  // Of a project's tree; their number is the project's, 0 on the mount's root.
  root = 1,
  readme = 2,
  images = 3,
  trash = 4,
  info = 5,
  errors = 6,
  schema = 7,
  catalog = 8,
  public_ = 9,
  community = 10,
  shared = 11,
  offered = 12,
  groups = 13,
  by_id = 14,
  by_os = 15,
  by_tag = 21,
  projects = 22,
  mine = 23,
  usage_csv = 24,
  events = 25,
  tasks = 26,
  // Of an image. The original has the lowest, so that tools that copy files
  // in the order of their inodes send it first.
  folder = 16,
  original = 17,
  json = 18,
  scratch = 19,  // a scratch file; its number is the draft's
  // A file of the schema: the project, and the namespace's place.
  schema_file = 20,
  pointer = 27,  // a version pointer; its number is its own
  // Of a project's catalogue: the project, and a number that means something
  // in it: a media group's, a hash of the folder's path, an image's.
  group = 28,
  facet = 29,        // a folder of by-os/ or by-tag/
  latest = 30,       // a link there
  info_folder = 31,  // of info/: the project, and which
  view = 32,         // 32 + the view's number, to 51
  entry_public = 52,
  entry_community = 53,
  entry_shared = 54,
  entry_offered = 55,
  entry_json = 56,
  link_by_id = 57,
  link_by_os = 58,
  link_by_tag = 59,
  link_in_group = 60,
  task = 61,         // the project, and the task's number
  info_file = 62,    // of info/: the project, and which
  usage_month = 63,  // of info/usage/: the project, and which
  part = 64,         // 64 + the part's place in the record, to 255
};

struct NodeId {
  std::uint64_t value = 0;

  auto operator<=>(const NodeId&) const = default;

  NodeKind kind() const noexcept {
    const auto low = static_cast<std::uint8_t>(value & 0xff);
    if (low >= 64) return NodeKind::part;
    return low >= 32 && low < 52 ? NodeKind::view : static_cast<NodeKind>(low);
  }
  // The whole of what follows the kind: an image's, a draft's or a pointer's
  // number, or a project's.
  std::uint64_t number() const noexcept { return value >> 8; }
  // Of nodes that are made by in_project(), and of those of a project's tree.
  image::ProjectNumber project() const noexcept {
    return static_cast<image::ProjectNumber>(
        has_project_and_number() ? number() >> kNumberBits : number());
  }
  // REQUIRES: made by in_project(): the other number.
  std::uint64_t inner() const noexcept {
    return number() & ((std::uint64_t{1} << kNumberBits) - 1);
  }
  // REQUIRES: kind() == view.
  format::View view() const noexcept {
    return static_cast<format::View>((value & 0xff) - 32);
  }
  // REQUIRES: kind() == part.
  std::size_t place() const noexcept { return (value & 0xff) - 64; }

  // A file or folder of a project's tree that is there once.
  bool is_of_tree() const noexcept {
    const auto low = static_cast<std::uint8_t>(value & 0xff);
    return low < 16 || (low > 20 && low < 27);
  }
  // The folder of an image, or a file in it.
  bool is_of_image() const noexcept {
    const NodeKind kind = this->kind();
    return (kind >= NodeKind::folder && kind < NodeKind::scratch) ||
           kind == NodeKind::view || kind == NodeKind::part;
  }
  // An image's folder in a catalogue.
  bool is_entry() const noexcept {
    const NodeKind kind = this->kind();
    return kind >= NodeKind::entry_public && kind <= NodeKind::entry_offered;
  }
  // What stat shows of it is worked out anew each time, and costs: it is not
  // worth bringing along for who only lists a folder.
  bool is_fleeting() const noexcept {
    const NodeKind kind = this->kind();
    return kind == NodeKind::json || kind == NodeKind::latest ||
           (kind >= NodeKind::entry_json && kind <= NodeKind::link_in_group) ||
           (kind >= NodeKind::mine && kind <= NodeKind::events) ||
           kind == NodeKind::errors ||
           (kind >= NodeKind::task && kind <= NodeKind::usage_month);
  }
  bool has_project_and_number() const noexcept {
    const NodeKind kind = this->kind();
    return kind == NodeKind::schema_file ||
           (kind >= NodeKind::group && kind <= NodeKind::info_folder) ||
           (kind >= NodeKind::entry_public && kind <= NodeKind::usage_month);
  }

  static NodeId of(NodeKind kind, std::uint64_t number = 0) noexcept {
    return {number << 8 | static_cast<std::uint8_t>(kind)};
  }
  // REQUIRES: inner < 2^36.
  static NodeId in_project(NodeKind kind, image::ProjectNumber project,
                           std::uint64_t inner) noexcept {
    return of(kind, std::uint64_t{project} << kNumberBits | inner);
  }
  static NodeId of_view(image::Number number, format::View view) noexcept {
    return {number << 8 | (32u + static_cast<std::uint8_t>(view))};
  }
  // REQUIRES: place < format::kMaxParts.
  static NodeId of_part(image::Number number, std::size_t place) noexcept {
    return {number << 8 | (64u + place)};
  }

  static constexpr unsigned kNumberBits = 36;  // of images and media groups
};

static_assert(64 + format::kMaxParts <= 256);

inline constexpr NodeId kRoot{1};

}  // namespace platter::tree
