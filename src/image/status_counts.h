// src/image/status_counts.h
//
// How many images of the store are in which state, kept current as they change.
#pragma once

#include <mutex>
#include <optional>

#include "platter/image/catalogue.h"

namespace platter::image {

// Thread-safe.
class StatusCounts {
 public:
  // nullopt before start().
  std::optional<ImageCounts> read() const;

  // `counts`: what there is now.
  void start(ImageCounts counts);

  // After a change: nullptr stands for nothing. No-op before start().
  void move(const Record* before, const Record* after);

 private:
  mutable std::mutex mutex_;
  std::optional<ImageCounts> counts_;
};

// Counts an image in.
void add(ImageCounts& counts, const Record& record);

}  // namespace platter::image
