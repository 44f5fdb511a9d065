// src/tree/shelves.cpp
#include "shelves.h"

#include <algorithm>

namespace platter::tree {

ShelfPtr Shelves::find(image::ProjectNumber project, std::uint64_t generation) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(
      kept_, project, &std::pair<image::ProjectNumber, ShelfPtr>::first);
  if (found == kept_.end() || found->second->generation != generation) {
    return nullptr;
  }
  kept_.splice(kept_.begin(), kept_, found);
  return kept_.front().second;
}

void Shelves::keep(image::ProjectNumber project, ShelfPtr shelf) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(kept_, [&](const auto& kept) { return kept.first == project; });
  kept_.emplace_front(project, std::move(shelf));
  if (kept_.size() > kKept) kept_.pop_back();
}

}  // namespace platter::tree
