// include/platter/service/draft.h
//
// A draft: one file that is being written, shared by all who have it open.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "platter/base/error.h"
#include "platter/image/record.h"
#include "platter/ingest/staging.h"
#include "platter/ingest/stream_hash.h"
#include "platter/ingest/unwrap_ahead.h"
#include "platter/service/in_flight.h"

namespace platter::service {

// Thread-safe.
class Draft {
 public:
  // Which file of an image it is: a part of a set, by its place in the record;
  // none: the only file, or the set's descriptor.
  using Part = std::optional<std::size_t>;

  // `number`: the image's, or a scratch file's own. `workers` must outlive it.
  Draft(image::Number number, Part part,
        std::unique_ptr<ingest::Staging> staging, HashAlgorithm algorithm,
        Workers& workers);

  // Unpacks it while it is being sent, from now on; see ingest::UnwrapAhead.
  // Before it is written to.
  void unwrap_ahead(const Path& folder, const archive::Limits& limits);
  // REQUIRES: frozen.
  std::optional<ingest::AheadUnwrapped> unwrapped_ahead();

  image::Number number() const;
  Part part() const;
  // A scratch file becomes an image's, or a part the only file.
  void belong_to(image::Number number, Part part);

  std::uint64_t size() const { return staging_->size(); }
  std::uint64_t allocated() const { return staging_->allocated(); }
  bool empty() const { return staging_->empty(); }
  bool has_base() const { return staging_->has_base(); }

  // Bytes read, fewer only at the end.
  std::size_t read(std::uint64_t offset, MutableBytes out) const {
    return staging_->read(offset, out);
  }
  // Both throw Errc::not_found once the draft is aborted, and remember what
  // they fail for. They wait while the draft is frozen, as miss() does.
  void write(std::uint64_t offset, ByteView bytes);
  void resize(std::uint64_t size);
  // What was to be written there was refused before it came to write().
  void miss(std::uint64_t offset, ByteView bytes, const Error& problem);
  void sync() { staging_->sync(); }

  // Its writer says that it sends no more, and that this is not all.
  void give_up(const std::string& reason);

  // Why this is not all that was sent: what a write failed for and nobody was
  // told at a close, whatever was written after it, since a program that writes
  // on puts the rest in the wrong place; or bytes that are missing still.
  std::optional<Error> failure() const;
  void mark_told();
  // Throws it.
  void check_complete() const;

  // Whether it was written to since the last mark_clean(), which also marks
  // what failed as told; or that failed.
  bool dirty() const;
  bool dirty_or_failed() const;
  void mark_clean();

  // Keeps writers out while the lock lives.
  std::unique_lock<std::shared_mutex> freeze() const;
  // The bytes, and their published hash. REQUIRES: frozen while they are used.
  block::SourcePtr snapshot() const { return staging_->snapshot(); }
  std::uint64_t left_to_hash() const { return hash_.left(); }
  void give_up_hash() { hash_.give_up(); }
  std::string finish_hash(HashAlgorithm algorithm) {
    return hash_.finish(algorithm);
  }

  // Writers come and go. The last one's leaving is remembered.
  void add_writer();
  void remove_writer(Timestamp now);
  bool has_writers() const;
  Timestamp closed_at() const;

  void abort();
  bool aborted() const;

  // What it counts as of its project's limits; nothing once it is aborted.
  Charge& charge() noexcept { return charge_; }

 private:
  void check_alive() const;
  void mark_dirty();
  void mark_failed(const Error& problem);
  std::optional<Error> first_failure() const;

  std::unique_ptr<ingest::Staging> staging_;
  ingest::StreamHash hash_;
  std::unique_ptr<ingest::UnwrapAhead> ahead_;  // nullptr: not asked for
  Charge charge_;
  mutable std::shared_mutex writing_;  // shared by writes; before mutex_

  mutable std::mutex mutex_;  // guards what follows
  image::Number number_;
  Part part_;
  int writers_ = 0;
  Timestamp closed_at_;
  bool dirty_ = false;
  std::optional<Error> failed_;  // the first that was not told
  bool aborted_ = false;
};

using DraftPtr = std::shared_ptr<Draft>;

}  // namespace platter::service
