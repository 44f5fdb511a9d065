// src/fuse/operations.h
#pragma once

#include <condition_variable>
#include <mutex>

#include "lowlevel.h"
#include "platter/tree/tree.h"

namespace platter::fuse {

// What every request is served with; libfuse hands it to each operation.
struct Server {
  Server(tree::Tree& tree, std::uint64_t readahead)
      : tree(tree), readahead(readahead) {}

  tree::Tree& tree;
  std::uint64_t readahead;

  std::mutex mutex;
  std::condition_variable wake;  // of the thread that runs Tree::tick
  bool ticking = true;
  bool poked = false;

  // Lets Tree::tick run soon: a request may have changed names that the
  // kernel does not know of.
  void poke();
};

fuse_lowlevel_ops operations();

}  // namespace platter::fuse
