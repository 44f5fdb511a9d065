// src/tree/scratches.cpp
#include "scratches.h"

namespace platter::tree {

void Scratches::add(Scratch scratch) {
  const std::scoped_lock lock(mutex_);
  const image::Number number = scratch.draft->number();
  scratches_.insert_or_assign(number, std::move(scratch));
}

std::optional<Scratches::Scratch> Scratches::find(NodeId folder,
                                                  std::string_view name) const {
  const std::scoped_lock lock(mutex_);
  for (const auto& [number, scratch] : scratches_) {
    if (scratch.folder == folder && scratch.name == name) return scratch;
  }
  return std::nullopt;
}

std::optional<Scratches::Scratch> Scratches::find(image::Number number) const {
  const std::scoped_lock lock(mutex_);
  const auto found = scratches_.find(number);
  if (found == scratches_.end()) return std::nullopt;
  return found->second;
}

std::vector<Scratches::Scratch> Scratches::in(NodeId folder) const {
  const std::scoped_lock lock(mutex_);
  std::vector<Scratch> found;
  for (const auto& [number, scratch] : scratches_) {
    if (scratch.folder == folder) found.push_back(scratch);
  }
  return found;
}

void Scratches::move(image::Number number, NodeId folder,
                     const std::string& name) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = scratches_.find(number); found != scratches_.end()) {
    found->second.folder = folder;
    found->second.name = name;
  }
}

void Scratches::set_modified(image::Number number, Timestamp time) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = scratches_.find(number); found != scratches_.end()) {
    found->second.modified = time;
    found->second.time_set = true;
  }
}

void Scratches::remove(image::Number number) {
  const std::scoped_lock lock(mutex_);
  scratches_.erase(number);
}

}  // namespace platter::tree
