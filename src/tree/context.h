// src/tree/context.h
//
// What every part of the tree works with.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "makers.h"
#include "platter/tree/tree.h"
#include "scratches.h"

namespace platter::tree {

struct Tree::Context {
  Parts parts;
  Options options;
  Scratches scratches;
  Makers makers;

  std::mutex mutex;  // guards gone
  // Names that left a folder without the kernel's having asked for it.
  std::vector<Name> gone;
  std::atomic<std::int64_t> folders_changed{0};  // mtime of the mount's own

  // The image; throws Errc::not_found when it is gone or not for the caller.
  image::RecordPtr image(const Caller& caller, image::Number number) const;

  // A change of what the mount's own folders list.
  void touch_folders() { folders_changed = parts.clock.now().nanoseconds; }
  void add_gone(NodeId folder, std::string name) {
    const std::scoped_lock lock(mutex);
    gone.push_back({folder, std::move(name)});
  }
};

using Context = Tree::Context;

}  // namespace platter::tree
