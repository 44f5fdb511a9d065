// src/ingest/stream_hash.cpp
#include "platter/ingest/stream_hash.h"

#include <algorithm>

#include "platter/base/log.h"

namespace platter::ingest {

namespace {
// The least that is worth a job.
constexpr std::uint64_t kStep = 4 * kMiB;
// The most that one job hashes, so that workers are not held for long.
constexpr std::uint64_t kLongestJob = 64 * kMiB;
constexpr std::size_t kBuffer = 256 * kKiB;
}  // namespace

StreamHash::StreamHash(HashAlgorithm algorithm, const Staging& staging,
                       Workers& workers)
    : algorithm_(algorithm),
      staging_(staging),
      workers_(workers),
      hasher_(algorithm) {}

StreamHash::~StreamHash() {
  std::unique_lock lock(mutex_);
  // Nobody asks for it any more: no further job.
  broken_ = true;
  idle_.wait(lock, [this] { return !running_; });
}

void StreamHash::written(std::uint64_t offset, std::uint64_t length) {
  const std::scoped_lock lock(mutex_);
  if (offset < hashed_) broken_ = true;
  written_ = std::max(written_, offset + length);
  if (!broken_ && !running_ && written_ - hashed_ >= kStep) schedule();
}

void StreamHash::resized() {
  const std::scoped_lock lock(mutex_);
  if (hashed_ > 0) broken_ = true;
  written_ = 0;
}

// REQUIRES: mutex_ is held, !running_.
void StreamHash::schedule() {
  running_ = true;
  workers_.submit([this] { follow(); });
}

void StreamHash::follow() {
  std::unique_lock lock(mutex_);
  const std::uint64_t begin = hashed_;
  const std::uint64_t end = std::min(written_, begin + kLongestJob);
  // Counted as hashed before it is read: a write that comes in between breaks
  // the hash.
  hashed_ = std::max(begin, end);
  lock.unlock();
  bool failed = false;
  try {
    hash_range(*staging_.snapshot(), begin, end, hasher_);
  } catch (const std::exception& problem) {
    log::warning("hashing an upload failed", {{"why", problem.what()}});
    failed = true;
  }
  lock.lock();
  broken_ = broken_ || failed;
  running_ = false;
  if (!broken_ && written_ >= hashed_ + kStep) schedule();
  idle_.notify_all();
}

std::uint64_t StreamHash::left() const {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t size = staging_.size();
  return broken_ || hashed_ > size ? size : size - hashed_;
}

void StreamHash::give_up() {
  std::unique_lock lock(mutex_);
  broken_ = true;
  idle_.wait(lock, [this] { return !running_; });
  start_again(algorithm_);
}

// REQUIRES: mutex_ is held, !running_.
void StreamHash::start_again(HashAlgorithm algorithm) {
  algorithm_ = algorithm;
  hasher_ = Hasher(algorithm);
  hashed_ = 0;
  written_ = 0;
  broken_ = false;
}

std::string StreamHash::finish(HashAlgorithm algorithm) {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return !running_; });
  const std::uint64_t size = staging_.size();
  if (broken_ || hashed_ > size || algorithm != algorithm_) {
    start_again(algorithm);
  }
  hash_range(*staging_.snapshot(), hashed_, size, hasher_);
  std::string hash = hasher_.finish();
  start_again(algorithm);
  return hash;
}

void hash_range(const block::ByteSource& source, std::uint64_t begin,
                std::uint64_t end, Hasher& hasher) {
  static const Bytes zeros(kBuffer);
  Bytes buffer(kBuffer);
  while (begin < end) {
    const block::Extent extent = source.extent_at(begin);
    const std::size_t part =
        std::min<std::uint64_t>({kBuffer, end - begin, extent.length});
    if (extent.kind == block::ExtentKind::zero) {
      hasher.update(ByteView(zeros).first(part));
    } else {
      source.read(begin, MutableBytes(buffer).first(part));
      hasher.update(ByteView(buffer).first(part));
    }
    begin += part;
  }
}

}  // namespace platter::ingest
