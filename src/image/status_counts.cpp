#include "status_counts.h"

namespace platter::image {

void add(ImageCounts& counts, const Record& record) {
  FolderUsage& usage = counts[{record.place, record.status}];
  ++usage.images;
  usage.bytes += record.size();
}

std::optional<ImageCounts> StatusCounts::read() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void StatusCounts::start(ImageCounts counts) {
  const std::lock_guard lock(mutex_);
  counts_ = std::move(counts);
}

void StatusCounts::move(const Record* before, const Record* after) {
  const std::lock_guard lock(mutex_);
  if (!counts_) return;
  if (before) {
    FolderUsage& usage = (*counts_)[{before->place, before->status}];
    --usage.images;
    usage.bytes -= before->size();
  }
  if (after) add(*counts_, *after);
}

}  // namespace platter::image
