// src/image/pointers.cpp
#include "platter/image/pointers.h"

#include <fmt/core.h>

#include "fields.h"
#include "keys.h"
#include "platter/base/error.h"

namespace platter::image {
namespace {

using index::Batch;
using index::Durability;
using index::KeySpace;

std::string key_of(const Pointer& pointer) {
  return pointer_key(pointer.project, pointer.name);
}

std::string encode(const Pointer& pointer) {
  std::string bytes;
  FieldWriter out(bytes);
  out.put(pointer.number);
  out.put(pointer.created_at);
  out.put(pointer.uid);
  out.put(pointer.target);
  return bytes;
}

Pointer decode(std::string_view key, std::string_view value) {
  FieldReader in("pointer", 0, value);
  const std::size_t end = key.find('\0');
  if (end == key.npos) in.refuse("its key has no project");
  Pointer pointer;
  pointer.project = key.substr(0, end);
  pointer.name = key.substr(end + 1);
  in.get(pointer.number);
  in.get(pointer.created_at);
  in.get(pointer.uid);
  in.get(pointer.target);
  return pointer;
}

void check_names(const Pointer& pointer) {
  for (const std::string* name : {&pointer.project, &pointer.name}) {
    if (!name->empty() && name->find('\0') == name->npos) continue;
    throw Error(Errc::invalid,
                fmt::format("\"{}\" cannot name a project or a pointer; it is "
                            "empty or holds a 0 byte",
                            *name));
  }
}

}  // namespace

Pointers::Pointers(index::Index& index, Catalogue& catalogue,
                   const Clock& clock)
    : index_(index), catalogue_(catalogue), clock_(clock) {
  load();
}

void Pointers::load() {
  index_.scan(KeySpace::pointers, "", "",
              [&](std::string_view key, std::string_view value) {
                remember(std::make_shared<const Pointer>(decode(key, value)));
                return true;
              });
}

PointerPtr Pointers::find(std::string_view project,
                          std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find({std::string(project), std::string(name)});
  return found == by_name_.end() ? nullptr : found->second;
}

PointerPtr Pointers::find(Number number) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : found->second;
}

std::vector<PointerPtr> Pointers::list(std::string_view project) const {
  const std::lock_guard lock(mutex_);
  std::vector<PointerPtr> found;
  for (auto entry = by_name_.lower_bound({std::string(project), ""});
       entry != by_name_.end() && entry->first.first == project; ++entry) {
    found.push_back(entry->second);
  }
  return found;
}

PointerPtr Pointers::create(Pointer pointer) {
  check_names(pointer);
  pointer.number = catalogue_.new_number();
  pointer.created_at = clock_.now();
  const auto made = std::make_shared<const Pointer>(std::move(pointer));
  const std::lock_guard changing(changes_);
  if (find(made->project, made->name)) {
    throw Error(Errc::exists,
                fmt::format("there is a pointer called \"{}\" in project {}; "
                            "remove it first, or replace it by renaming "
                            "another onto it",
                            made->name, made->project));
  }
  Batch batch;
  batch.expect(KeySpace::pointers, key_of(*made), std::nullopt);
  batch.put(KeySpace::pointers, key_of(*made), encode(*made));
  write(batch, *made);
  remember(made);
  return made;
}

void Pointers::rename(Number number, const std::string& name) {
  const std::lock_guard changing(changes_);
  const PointerPtr before = find(number);
  if (!before) {
    throw Error(Errc::not_found, fmt::format("there is no pointer {}", number));
  }
  if (before->name == name) return;
  auto renamed = std::make_shared<Pointer>(*before);
  renamed->name = name;
  check_names(*renamed);
  Batch batch;
  batch.expect(KeySpace::pointers, key_of(*before), encode(*before));
  batch.erase(KeySpace::pointers, key_of(*before));
  batch.put(KeySpace::pointers, key_of(*renamed), encode(*renamed));
  write(batch, *renamed);
  const std::lock_guard lock(mutex_);
  by_name_.erase({before->project, before->name});
  PointerPtr& place = by_name_[{renamed->project, name}];
  if (place) by_number_.erase(place->number);
  place = renamed;
  by_number_[number] = renamed;
  ++generation_;
}

void Pointers::erase(Number number) {
  const std::lock_guard changing(changes_);
  const PointerPtr pointer = find(number);
  if (!pointer) return;
  Batch batch;
  batch.erase(KeySpace::pointers, key_of(*pointer));
  index_.write(batch, Durability::synced);
  const std::lock_guard lock(mutex_);
  by_name_.erase({pointer->project, pointer->name});
  by_number_.erase(number);
  ++generation_;
}

void Pointers::check_free(const Pointer& pointer) const {
  if (!catalogue_.find(pointer.project, Place::images, pointer.name)) return;
  throw Error(Errc::exists,
              fmt::format("project {} has an image called \"{}\"; a pointer "
                          "takes another name, or rename the image",
                          pointer.project, pointer.name));
}

void Pointers::write(Batch batch, const Pointer& pointer) {
  check_free(pointer);
  batch.expect(KeySpace::names,
               name_key(pointer.project, Place::images, pointer.name),
               std::nullopt);
  try {
    index_.write(batch, Durability::synced);
  } catch (const Error& error) {
    // An image took the name since it was looked at.
    if (error.code() == Errc::busy) check_free(pointer);
    throw;
  }
}

void Pointers::remember(const PointerPtr& pointer) {
  const std::lock_guard lock(mutex_);
  by_name_[{pointer->project, pointer->name}] = pointer;
  by_number_[pointer->number] = pointer;
  ++generation_;
}

}  // namespace platter::image
