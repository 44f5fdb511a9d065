// include/platter/image/media_groups.h
//
// Media groups: the labels under which a picker shows images ("Linux",
// "Windows"). An image says by its property media_group which one is its own.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "platter/base/clock.h"
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
  // Throws Errc::exists, Errc::not_found.
  void rename(std::uint64_t number, const std::string& name);
  void set_hidden(std::uint64_t number, bool hidden);
  void erase(std::uint64_t number);

 private:
  index::Index& index_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<MediaGroup> groups_;
  std::uint64_t next_ = 1;
};

}  // namespace platter::image
