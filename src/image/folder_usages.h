// src/image/folder_usages.h
//
// What lies in each folder, kept current as images come and go.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "platter/image/catalogue.h"

namespace platter::image {

// Folders are named by their folder_key(). Thread-safe.
class FolderUsages {
 public:
  // nullopt before start().
  std::optional<FolderUsage> find(std::string_view folder) const;

  // `usages`: what there is now.
  using Usages = std::map<std::string, FolderUsage, std::less<>>;
  void start(Usages usages);

  // After a change: nullptr stands for nothing. No-op before start().
  void move(const Record* before, const Record* after);

 private:
  mutable std::mutex mutex_;
  std::optional<Usages> usages_;
};

// Counts an image in.
void add(FolderUsages::Usages& usages, const Record& record);

}  // namespace platter::image
