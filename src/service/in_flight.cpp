// src/service/in_flight.cpp
#include "platter/service/in_flight.h"

#include <algorithm>

namespace platter::service {

namespace {
std::uint64_t uncounted(std::uint64_t size, std::uint64_t stored) {
  return size > stored ? size - stored : 0;
}
}  // namespace

InFlight::Sum InFlight::of(const std::string& project) const {
  const std::scoped_lock lock(mutex_);
  const auto found = sums_.find(project);
  return found == sums_.end() ? Sum{} : found->second;
}

InFlight::Sum InFlight::all() const {
  const std::scoped_lock lock(mutex_);
  Sum all;
  for (const auto& [project, sum] : sums_) {
    all.bytes += sum.bytes;
    all.uploads += sum.uploads;
  }
  return all;
}

void Charge::open(InFlight& sums, const std::string& project) {
  project_ = project;
  sums_ = &sums;
}

// REQUIRES: the sums' mutex is held.
void Charge::put(std::uint64_t size, std::uint64_t stored, bool written) {
  if (released_) return;
  InFlight::Sum& sum = sums_->sums_[project_];
  sum.bytes += uncounted(size, stored) - uncounted(size_, stored_);
  sum.uploads += static_cast<std::uint64_t>(written);
  sum.uploads -= static_cast<std::uint64_t>(written_);
  size_ = size;
  stored_ = stored;
  written_ = written;
}

void Charge::set(std::uint64_t size, std::uint64_t stored) {
  if (sums_ == nullptr) return;
  const std::scoped_lock lock(sums_->mutex_);
  put(size, stored, written_);
}

void Charge::grow(std::uint64_t size) {
  if (sums_ == nullptr) return;
  const std::scoped_lock lock(sums_->mutex_);
  put(std::max(size, size_), stored_, written_);
}

void Charge::set_written(bool written) {
  if (sums_ == nullptr) return;
  const std::scoped_lock lock(sums_->mutex_);
  put(size_, stored_, written);
}

void Charge::release() {
  if (sums_ == nullptr) return;
  const std::scoped_lock lock(sums_->mutex_);
  put(0, 0, false);
  released_ = true;
}

}  // namespace platter::service
