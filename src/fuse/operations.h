// src/fuse/operations.h
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "background.h"
#include "counts.h"
#include "lowlevel.h"
#include "platter/tree/tree.h"

namespace platter::fuse {

// What every request is served with; libfuse hands it to each operation.
struct Server {
  Server(tree::Tree& tree, std::uint64_t readahead)
      : tree(tree), readahead(readahead) {}

  tree::Tree& tree;
  std::uint64_t readahead;
  // Shared with who reads them, which may be when the mount has gone.
  std::shared_ptr<Counts> counts = std::make_shared<Counts>();
  std::shared_ptr<Background> background = std::make_shared<Background>();

  std::mutex mutex;
  std::condition_variable wake;  // of the thread that tells the kernel
  bool ticking = true;
  bool poked = false;

  // Lets Tree::tell_stale run soon: a request may have changed names or nodes
  // that the kernel knows of by another road.
  void poke();
};

fuse_lowlevel_ops operations();
// Their parts: listing folders, extended attributes.
void add_folder_operations(fuse_lowlevel_ops& ops);
void add_xattr_operations(fuse_lowlevel_ops& ops);

}  // namespace platter::fuse
