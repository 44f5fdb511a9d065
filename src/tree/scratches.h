// src/tree/scratches.h
//
// Scratch files: what tools keep in a folder only while they work. They are
// real files, but no image's, until they are renamed to a disk file's name.
#pragma once

#include <sys/types.h>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "platter/service/draft.h"
#include "platter/tree/node.h"

namespace platter::tree {

// Thread-safe.
class Scratches {
 public:
  struct Scratch {
    NodeId folder;
    std::string name;
    service::DraftPtr draft;
    std::string project;
    uid_t uid = 0;  // whose it is
    Timestamp modified;
    bool time_set = false;  // by its user, to be kept
  };

  void add(Scratch scratch);
  std::optional<Scratch> find(NodeId folder, std::string_view name) const;
  std::optional<Scratch> find(image::Number number) const;
  std::vector<Scratch> in(NodeId folder) const;
  void move(image::Number number, NodeId folder, const std::string& name);
  void set_modified(image::Number number, Timestamp time);
  void remove(image::Number number);

 private:
  mutable std::mutex mutex_;
  std::map<image::Number, Scratch> scratches_;
};

}  // namespace platter::tree
