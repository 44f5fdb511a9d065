// src/index/batch.cpp: what a batch collects, and the names of key spaces.
#include <utility>

#include "platter/index/index.h"

namespace platter::index {

std::string_view name_of(KeySpace space) noexcept {
  switch (space) {
    case KeySpace::meta:
      return "meta";
    case KeySpace::images:
      return "images";
    case KeySpace::names:
      return "names";
    case KeySpace::chunks:
      return "chunks";
    case KeySpace::ids:
      return "ids";
    case KeySpace::shown:
      return "shown";
    case KeySpace::pointers:
      return "pointers";
    case KeySpace::tasks:
      return "tasks";
    case KeySpace::usage:
      return "usage";
  }
  return "unknown";
}

void Batch::put(KeySpace space, std::string key, std::string value) {
  changes_.push_back({space, std::move(key), std::move(value)});
}

void Batch::erase(KeySpace space, std::string key) {
  changes_.push_back({space, std::move(key), std::nullopt});
}

void Batch::expect(KeySpace space, std::string key,
                   std::optional<std::string> value) {
  expectations_.push_back({space, std::move(key), std::move(value)});
}

}  // namespace platter::index
