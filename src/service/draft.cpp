// src/service/draft.cpp
#include "platter/service/draft.h"

namespace platter::service {

Draft::Draft(image::Number number, Part part,
             std::unique_ptr<ingest::Staging> staging, HashAlgorithm algorithm,
             Workers& workers)
    : staging_(std::move(staging)),
      hash_(algorithm, *staging_, workers),
      number_(number),
      part_(part) {}

void Draft::unwrap_ahead(const Path& folder, const archive::Limits& limits) {
  ahead_ = std::make_unique<ingest::UnwrapAhead>(*staging_, folder, limits);
}

std::optional<ingest::AheadUnwrapped> Draft::unwrapped_ahead() {
  return ahead_ ? ahead_->finish(staging_->size()) : std::nullopt;
}

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
  try {
    staging_->write(offset, bytes);
  } catch (const Error& problem) {
    staging_->miss(offset, bytes);
    mark_failed(problem);
    throw;
  }
  if (ahead_) ahead_->written(offset, bytes.size());
  // A part's hash is never asked for.
  if (!part()) hash_.written(offset, bytes.size());
}

void Draft::resize(std::uint64_t size) {
  const std::shared_lock writing(writing_);
  check_alive();
  if (staging_->size() == size && !failure()) return;
  mark_dirty();
  try {
    staging_->resize(size);
  } catch (const Error& problem) {
    mark_failed(problem);
    throw;
  }
  if (ahead_) ahead_->resized(size);
  hash_.resized();
  // It is sent from the beginning.
  if (size == 0) mark_told();
}

void Draft::miss(std::uint64_t offset, ByteView bytes, const Error& problem) {
  const std::shared_lock writing(writing_);
  staging_->miss(offset, bytes);
  mark_failed(problem);
}

void Draft::give_up(const std::string& reason) {
  mark_failed(Error(Errc::io, "the upload was given up: " + reason));
}

std::optional<Error> Draft::failure() const {
  const std::string again = "send the file again, or resume it";
  if (const auto failed = first_failure()) {
    const bool full = failed->code() == Errc::no_space;
    return Error(failed->code(),
                 std::string("not all that was sent could be kept: ") +
                     failed->what() + "; " +
                     (full ? "make room on the store's disk, then " : "") +
                     again);
  }
  const auto missing = staging_->missing();
  if (!missing) return std::nullopt;
  return Error(Errc::corrupt, "bytes " + std::to_string(missing->first) +
                                  " to " + std::to_string(missing->second) +
                                  " could not be kept when they were sent; " +
                                  again);
}

std::optional<Error> Draft::first_failure() const {
  const std::scoped_lock lock(mutex_);
  return failed_;
}

void Draft::check_complete() const {
  if (const auto problem = failure()) throw *problem;
}

bool Draft::dirty() const {
  const std::scoped_lock lock(mutex_);
  return dirty_;
}

bool Draft::dirty_or_failed() const {
  const std::scoped_lock lock(mutex_);
  return dirty_ || failed_;
}

void Draft::mark_failed(const Error& problem) {
  const std::scoped_lock lock(mutex_);
  if (!failed_) failed_ = problem;
}

void Draft::mark_told() {
  const std::scoped_lock lock(mutex_);
  failed_.reset();
}

void Draft::mark_dirty() {
  const std::scoped_lock lock(mutex_);
  dirty_ = true;
}

void Draft::mark_clean() {
  const std::scoped_lock lock(mutex_);
  dirty_ = false;
  failed_.reset();
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
  // Whoever goes on with it may take a day to come.
  if (writers_ == 0 && ahead_) ahead_->stop();
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
