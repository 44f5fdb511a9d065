// src/image/tally.h
//
// How many images there are, and bytes of theirs, by some key of their records;
// kept current as images come, change and go.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "keys.h"
#include "platter/image/catalogue.h"

namespace platter::image {

// `Counts` maps what `key_of` says of a record to a FolderUsage. Thread-safe.
template <typename Counts, auto key_of>
class Tally {
 public:
  // Counts an image in.
  static void add(Counts& counts, const Record& record) {
    FolderUsage& usage = counts[key_of(record)];
    ++usage.images;
    usage.bytes += record.size();
  }

  // nullopt before start().
  std::optional<Counts> all() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }
  template <typename Key>
  std::optional<FolderUsage> find(const Key& key) const {
    const std::lock_guard lock(mutex_);
    if (!counts_) return std::nullopt;
    const auto found = counts_->find(key);
    return found == counts_->end() ? FolderUsage{} : found->second;
  }

  // `counts`: what there is now.
  void start(Counts counts) {
    const std::lock_guard lock(mutex_);
    counts_ = std::move(counts);
  }

  // After a change: nullptr stands for nothing. No-op before start().
  void move(const Record* before, const Record* after) {
    const std::lock_guard lock(mutex_);
    if (!counts_) return;
    if (before) {
      FolderUsage& usage = (*counts_)[key_of(*before)];
      --usage.images;
      usage.bytes -= before->size();
    }
    if (after) add(*counts_, *after);
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Counts> counts_;
};

// What lies in each folder, by its folder_key().
inline std::string folder_of(const Record& record) {
  return folder_key(record.project, record.place);
}
class FolderUsages final
    : public Tally<std::map<std::string, FolderUsage>, folder_of> {};

inline std::pair<Place, Status> state_of(const Record& record) {
  return {record.place, record.status};
}
class StatusCounts final : public Tally<ImageCounts, state_of> {};

}  // namespace platter::image
