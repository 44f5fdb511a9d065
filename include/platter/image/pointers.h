// include/platter/image/pointers.h
//
// Version pointers: names in a project's images/ that stand for another name
// there, as "ubuntu-24.04" does for "ubuntu-24.04-base-v1.1".
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platter/base/clock.h"
#include "platter/image/catalogue.h"
#include "platter/index/index.h"

namespace platter::image {

struct Pointer {
  Number number = 0;  // of those that images have, and never an image's
  std::string project;
  std::string name;
  std::string target;  // a name in the same folder, which may be gone
  Timestamp created_at;
  std::uint32_t uid = 0;  // who made it

  bool operator==(const Pointer&) const = default;
};
using PointerPtr = std::shared_ptr<const Pointer>;

// Thread-safe. Every change is durable on return.
class Pointers {
 public:
  // All must outlive it.
  Pointers(index::Index& index, Catalogue& catalogue, const Clock& clock);

  // nullptr if there is none.
  PointerPtr find(std::string_view project, std::string_view name) const;
  PointerPtr find(Number number) const;
  // In the order of their names.
  std::vector<PointerPtr> list(std::string_view project) const;

  // Sets number and created_at. Throws Errc::exists when an image or a pointer
  // has the name, Errc::invalid for a name or project that is empty or holds a
  // 0 byte.
  PointerPtr create(Pointer pointer);
  // Takes the place of a pointer of that name, at once: a reader finds the
  // old one or the new one. Throws Errc::exists for an image of that name,
  // Errc::not_found, Errc::invalid as above.
  void rename(Number number, const std::string& name);
  // No-op when there is none.
  void erase(Number number);

  // Counts the changes since the start.
  std::uint64_t generation() const noexcept { return generation_; }

 private:
  void load();
  // Throws Errc::exists for an image of that name.
  void check_free(const Pointer& pointer) const;
  // Writes `batch`, which gives the pointer its name, unless an image has it.
  void write(index::Batch batch, const Pointer& pointer);
  void remember(const PointerPtr& pointer);

  index::Index& index_;
  Catalogue& catalogue_;
  const Clock& clock_;
  std::atomic<std::uint64_t> generation_ = 0;
  std::mutex changes_;        // held over each change; before mutex_
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::pair<std::string, std::string>, PointerPtr> by_name_;
  std::map<Number, PointerPtr> by_number_;
};

}  // namespace platter::image
