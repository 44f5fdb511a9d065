// include/platter/tree/shown.h
//
// What the tree answers and is asked with.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platter/base/clock.h"
#include "platter/tree/handle.h"
#include "platter/tree/node.h"

namespace platter::tree {

enum class NodeType { folder, file, link };

// What stat shows.
struct Attributes {
  NodeId id;
  NodeType type = NodeType::file;
  unsigned permissions = 0;  // the nine bits and setgid
  // Three bits: what members of Tree::admin_group() may do besides.
  unsigned admin_permissions = 0;
  unsigned links = 1;
  uid_t uid = 0;
  gid_t gid = 0;
  std::uint64_t size = 0;
  std::uint64_t allocated = 0;  // bytes; never 0 for a file that is not empty
  Timestamp modified;
  Timestamp changed;
  // How long the kernel may believe this, and that the name it was found by
  // means this node, without asking again.
  std::chrono::milliseconds lifetime{0};
  std::chrono::milliseconds name_lifetime{0};
};

struct Child {
  std::string name;
  NodeId id;
  NodeType type = NodeType::file;
};

struct OpenMode {
  bool write = false;
  bool truncate = false;
};

struct Opened {
  Attributes attributes;
  std::unique_ptr<Handle> handle;
};

// What a caller wants changed; what it leaves out stays. Modes and owners are
// accepted and mean nothing.
struct Changes {
  std::optional<std::uint64_t> size;
  std::optional<Timestamp> modified;
};

// What df shows.
struct Usage {
  std::uint64_t total = 0;  // bytes
  std::uint64_t free = 0;
  std::uint64_t images = 0;
  std::uint64_t images_free = 0;
};

// What the kernel may remember and has to be told of, as it changed by another
// road than a request for it: a name that left a folder or means another node
// now, or, with no name, what stat shows of the node.
struct Stale {
  NodeId node;
  std::string name;

  auto operator<=>(const Stale&) const = default;
};
using StaleListener = std::function<void(const Stale&)>;

}  // namespace platter::tree
