// src/tree/makers.h
//
// Which program made an image's folder, and so may still be filling it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <mutex>

#include "platter/base/clock.h"
#include "platter/image/record.h"

namespace platter::tree {

// Thread-safe.
class Makers {
 public:
  // No copy takes longer to get from one file of a folder to the next.
  static constexpr std::chrono::hours kRemembered{24};

  void add(image::Number image, pid_t maker, Timestamp now) {
    const std::scoped_lock lock(mutex_);
    makers_[image] = {maker, now};
  }
  bool is_maker(image::Number image, pid_t program) const {
    const std::scoped_lock lock(mutex_);
    const auto found = makers_.find(image);
    return found != makers_.end() && found->second.program == program;
  }
  void forget_old(Timestamp now) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(makers_, [&](const auto& entry) {
      return entry.second.made_at + kRemembered < now;
    });
  }

 private:
  struct Maker {
    pid_t program;
    Timestamp made_at;
  };

  mutable std::mutex mutex_;
  std::map<image::Number, Maker> makers_;
};

}  // namespace platter::tree
