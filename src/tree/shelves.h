// src/tree/shelves.h
//
// A shelf: what a project may use, sorted for its catalogue: by id, by system,
// by tag, by media group. Worked out when it is asked for, and kept until
// anything in the store changes.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "platter/image/project.h"
#include "platter/tree/node.h"

namespace platter::tree {

// A folder of links. `listed`: to be shown, not only found by name.
struct Facet {
  struct Folder {
    NodeId id;
    bool listed = false;
  };
  struct Link {
    NodeId id;
    std::string target;
    bool listed = false;
  };
  std::map<std::string, Folder, std::less<>> folders;
  std::map<std::string, Link, std::less<>> links;
};

struct Shelf {
  std::uint64_t generation = 0;  // of the catalogue, when it was worked out
  // By its path: "id", "os", "os/debian", "os/debian/12", "tag", "tag/web",
  // "group/Linux".
  std::map<std::string, Facet, std::less<>> facets;
  std::map<NodeId, std::string> paths;    // of facets
  std::map<NodeId, std::string> targets;  // of the links called latest

  // nullptr if there is none.
  const Facet* find(std::string_view path) const {
    const auto found = facets.find(path);
    return found == facets.end() ? nullptr : &found->second;
  }
};

using ShelfPtr = std::shared_ptr<const Shelf>;

// The shelves that were asked for last. Thread-safe.
class Shelves {
 public:
  static constexpr std::size_t kKept = 16;

  // nullptr if there is none of that generation.
  ShelfPtr find(image::ProjectNumber project, std::uint64_t generation);
  void keep(image::ProjectNumber project, ShelfPtr shelf);

 private:
  std::mutex mutex_;
  std::list<std::pair<image::ProjectNumber, ShelfPtr>> kept_;  // newest first
};

}  // namespace platter::tree
