// src/image/media_groups.cpp
#include "platter/image/media_groups.h"

#include <fmt/core.h>

#include "fields.h"
#include "keys.h"

namespace platter::image {
namespace {

using index::Batch;
using index::Durability;
using index::KeySpace;

constexpr std::size_t kMaxName = 255;  // as folders have
constexpr std::string_view kPrefix = "group/";
constexpr std::string_view kNextKey = "groups/next";

std::string key_of(const MediaGroup& group) {
  return std::string(kPrefix).append(group.name);
}

std::string encode(const MediaGroup& group) {
  std::string bytes;
  FieldWriter out(bytes);
  out.put(group.number);
  out.put(group.hidden);
  return bytes;
}

MediaGroup decode(std::string_view key, std::string_view value) {
  MediaGroup group;
  group.name = key.substr(kPrefix.size());
  FieldReader in("media group", 0, value);
  in.get(group.number);
  in.get(group.hidden);
  if (!in.empty()) in.refuse("is longer than its value");
  return group;
}

void check_name(const std::string& name) {
  if (!name.empty() && name.size() <= kMaxName && name != "." && name != ".." &&
      name.find_first_of(std::string_view("/\0", 2)) == name.npos) {
    return;
  }
  throw Error(Errc::invalid,
              fmt::format("\"{}\" cannot name a media group: 1 to {} bytes are "
                          "allowed, without / and 0, and not . or ..",
                          name, kMaxName));
}

}  // namespace

MediaGroups::MediaGroups(index::Index& index) : index_(index) {
  if (const auto next = index_.get(KeySpace::meta, kNextKey)) {
    next_ = decode_number(kNextKey, *next);
  }
  index_.scan(KeySpace::meta, kPrefix, "",
              [&](std::string_view key, std::string_view value) {
                MediaGroup group = decode(key, value);
                groups_.emplace(group.name, group);
                return true;
              });
}

std::optional<MediaGroup> MediaGroups::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(name);
  if (found == groups_.end()) return std::nullopt;
  return found->second;
}

std::optional<MediaGroup> MediaGroups::find(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, group] : groups_) {
    if (group.number == number) return group;
  }
  return std::nullopt;
}

std::vector<MediaGroup> MediaGroups::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<MediaGroup> groups;
  for (const auto& [name, group] : groups_) groups.push_back(group);
  return groups;
}

MediaGroup MediaGroups::create(const std::string& name) {
  check_name(name);
  const std::lock_guard changing(changes_);
  check_free(name);
  const MediaGroup group{next_++, name, false};
  replace(nullptr, &group);
  return group;
}

void MediaGroups::rename(std::uint64_t number, const std::string& name) {
  check_name(name);
  const std::lock_guard changing(changes_);
  const MediaGroup before = get(number);
  if (before.name == name) return;
  check_free(name);
  MediaGroup after = before;
  after.name = name;
  replace(&before, &after);
}

void MediaGroups::set_hidden(std::uint64_t number, bool hidden) {
  const std::lock_guard changing(changes_);
  const MediaGroup before = get(number);
  MediaGroup after = before;
  after.hidden = hidden;
  if (after != before) replace(&before, &after);
}

void MediaGroups::erase(std::uint64_t number) {
  const std::lock_guard changing(changes_);
  const MediaGroup before = get(number);
  replace(&before, nullptr);
}

MediaGroup MediaGroups::get(std::uint64_t number) const {
  if (auto group = find(number)) return *group;
  throw Error(Errc::not_found,
              fmt::format("there is no media group {}", number));
}

void MediaGroups::check_free(const std::string& name) const {
  if (!find(name)) return;
  throw Error(
      Errc::exists,
      fmt::format("there is a media group called \"{}\" already", name));
}

void MediaGroups::replace(const MediaGroup* before, const MediaGroup* after) {
  Batch batch;
  if (before) batch.erase(KeySpace::meta, key_of(*before));
  if (after) batch.put(KeySpace::meta, key_of(*after), encode(*after));
  batch.put(KeySpace::meta, std::string(kNextKey), encode_number(next_));
  index_.write(batch, Durability::synced);
  const std::lock_guard lock(mutex_);
  if (before) groups_.erase(before->name);
  if (after) groups_.emplace(after->name, *after);
}

}  // namespace platter::image
