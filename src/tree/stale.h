// src/tree/stale.h
//
// What the kernel remembers and has to be told of. Changes are noted while they
// are made, and turned into names and nodes later, by the thread that tells.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "platter/image/catalogue.h"
#include "platter/tree/shown.h"

namespace platter::tree {

// When the folders of a project's tree last changed: its own, and those of its
// catalogue. Thread-safe.
class FolderTimes {
 public:
  explicit FolderTimes(Timestamp start) : start_(start) {}

  void touch(image::ProjectNumber project, bool catalog, Timestamp now) {
    const std::scoped_lock lock(mutex_);
    times_[{project, catalog}] = now;
  }
  Timestamp of(image::ProjectNumber project, bool catalog) const {
    const std::scoped_lock lock(mutex_);
    const auto found = times_.find({project, catalog});
    return found == times_.end() ? start_ : found->second;
  }

 private:
  Timestamp start_;
  mutable std::mutex mutex_;
  std::map<std::pair<image::ProjectNumber, bool>, Timestamp> times_;
};

// Thread-safe.
class Staleness {
 public:
  // An image that was and that is; nullptr: nothing.
  using Change = std::pair<image::RecordPtr, image::RecordPtr>;

  void note(const Change& change) {
    const std::scoped_lock lock(mutex_);
    changes_.push_back(change);
  }
  void add(Stale stale) {
    const std::scoped_lock lock(mutex_);
    known_.push_back(std::move(stale));
  }
  // Somebody looked into the project's catalogue: the kernel may remember
  // names of it from now on.
  void looked_at(image::ProjectNumber project) {
    const std::scoped_lock lock(mutex_);
    viewers_.insert(project);
  }

  struct Taken {
    std::vector<Change> changes;
    std::vector<Stale> known;
    std::set<image::ProjectNumber> viewers;
  };
  // All of it; changes and known stale ones are then forgotten.
  Taken take() {
    const std::scoped_lock lock(mutex_);
    Taken taken{std::move(changes_), std::move(known_), {}};
    changes_.clear();
    known_.clear();
    if (!taken.changes.empty()) taken.viewers = viewers_;
    return taken;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Change> changes_;
  std::vector<Stale> known_;
  std::set<image::ProjectNumber> viewers_;
};

}  // namespace platter::tree
