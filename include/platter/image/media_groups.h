// include/platter/image/media_groups.h
//
// Media groups: the labels under which a picker shows images ("Linux",
// "Windows"). An image says by its property media_group which one is its own.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platter/index/index.h"

namespace platter::image {

struct MediaGroup {
  std::uint64_t number = 0;  // never reused; below 2^36
  std::string name;
  bool hidden = false;  // from all but the operator's own project

  bool operator==(const MediaGroup&) const = default;
};

// Thread-safe. Every change is durable on return.
class MediaGroups {
 public:
  explicit MediaGroups(index::Index& index);

  std::optional<MediaGroup> find(std::string_view name) const;
  std::optional<MediaGroup> find(std::uint64_t number) const;
  // In the order of their names.
  std::vector<MediaGroup> all() const;

  // Throws Errc::exists, Errc::invalid for a name that no folder can have.
  MediaGroup create(const std::string& name);
  // Throws Errc::exists, Errc::not_found, Errc::invalid as create() does.
  void rename(std::uint64_t number, const std::string& name);
  // These throw Errc::not_found.
  void set_hidden(std::uint64_t number, bool hidden);
  void erase(std::uint64_t number);

 private:
  // Throws Errc::not_found.
  MediaGroup get(std::uint64_t number) const;
  void check_free(const std::string& name) const;
  // Puts `after` in the place of `before`, durably. nullptr: there is none.
  void replace(const MediaGroup* before, const MediaGroup* after);

  index::Index& index_;
  std::mutex changes_;        // held over each change; before mutex_
  std::uint64_t next_ = 1;    // guarded by changes_
  mutable std::mutex mutex_;  // guards groups_
  std::map<std::string, MediaGroup, std::less<>> groups_;
};

}  // namespace platter::image
