// src/service/draft.cpp
#include "platter/service/draft.h"

#include "platter/base/error.h"

namespace platter::service {

Draft::Draft(image::Number number, Part part,
             std::unique_ptr<ingest::Staging> staging, HashAlgorithm algorithm,
             Workers& workers)
    : staging_(std::move(staging)),
      hash_(algorithm, *staging_, workers),
      number_(number),
      part_(part) {}

image::Number Draft::number() const {
  const std::scoped_lock lock(mutex_);
  return number_;
}

Draft::Part Draft::part() const {
  const std::scoped_lock lock(mutex_);
  return part_;
}

void Draft::belong_to(image::Number number, Part part) {
  const std::scoped_lock lock(mutex_);
  number_ = number;
  part_ = part;
}

void Draft::check_alive() const {
  const std::scoped_lock lock(mutex_);
  if (aborted_) {
    throw Error(Errc::not_found,
                "the image was removed while it was being written");
  }
}

void Draft::write(std::uint64_t offset, ByteView bytes) {
  const std::shared_lock writing(writing_);
  check_alive();
  // Also a write that fails leaves something to be seen to at the close.
  mark_dirty();
  staging_->write(offset, bytes);
  // A part's hash is never asked for.
  if (!part()) hash_.written(offset, bytes.size());
}

void Draft::resize(std::uint64_t size) {
  const std::shared_lock writing(writing_);
  check_alive();
  if (staging_->size() == size) return;
  mark_dirty();
  staging_->resize(size);
  hash_.resized();
}

bool Draft::dirty() const {
  const std::scoped_lock lock(mutex_);
  return dirty_;
}

void Draft::mark_dirty() {
  const std::scoped_lock lock(mutex_);
  dirty_ = true;
}

void Draft::mark_clean() {
  const std::scoped_lock lock(mutex_);
  dirty_ = false;
}

std::unique_lock<std::shared_mutex> Draft::freeze() const {
  return std::unique_lock(writing_);
}

void Draft::add_writer() {
  const std::scoped_lock lock(mutex_);
  ++writers_;
  charge_.set_written(true);
}

void Draft::remove_writer(Timestamp now) {
  const std::scoped_lock lock(mutex_);
  --writers_;
  charge_.set_written(writers_ > 0);
  closed_at_ = now;
}

bool Draft::has_writers() const {
  const std::scoped_lock lock(mutex_);
  return writers_ > 0;
}

Timestamp Draft::closed_at() const {
  const std::scoped_lock lock(mutex_);
  return closed_at_;
}

void Draft::abort() {
  const std::scoped_lock lock(mutex_);
  aborted_ = true;
  charge_.release();
}

bool Draft::aborted() const {
  const std::scoped_lock lock(mutex_);
  return aborted_;
}

}  // namespace platter::service
