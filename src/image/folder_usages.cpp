// src/image/folder_usages.cpp
#include "folder_usages.h"

#include "keys.h"

namespace platter::image {

void add(FolderUsages::Usages& usages, const Record& record) {
  FolderUsage& usage = usages[folder_key(record.project, record.place)];
  ++usage.images;
  usage.bytes += record.size();
}

std::optional<FolderUsage> FolderUsages::find(std::string_view folder) const {
  const std::lock_guard lock(mutex_);
  if (!usages_) return std::nullopt;
  const auto found = usages_->find(folder);
  return found == usages_->end() ? FolderUsage{} : found->second;
}

void FolderUsages::start(Usages usages) {
  const std::lock_guard lock(mutex_);
  usages_ = std::move(usages);
}

void FolderUsages::move(const Record* before, const Record* after) {
  const std::lock_guard lock(mutex_);
  if (!usages_) return;
  if (before) {
    FolderUsage& usage = (*usages_)[folder_key(before->project, before->place)];
    --usage.images;
    usage.bytes -= before->size();
  }
  if (after) add(*usages_, *after);
}

}  // namespace platter::image
