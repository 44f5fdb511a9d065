// src/ingest/stream_hash.cpp
#include "platter/ingest/stream_hash.h"

#include <algorithm>

#include "platter/base/log.h"

namespace platter::ingest {

namespace {
// The least that is worth a job.
constexpr std::uint64_t kStep = 4 * kMiB;
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
  // Counted as hashed before it is read: a write that comes in between breaks
  // the hash.
  hashed_ = std::max(begin, written_);
  const std::uint64_t end = hashed_;
  lock.unlock();
  bool failed = false;
  try {
    hash_range(begin, end);
  } catch (const std::exception& problem) {
    log::warning("hashing an upload failed", {{"why", problem.what()}});
    failed = true;
  }
  lock.lock();
  broken_ = broken_ || failed;
  running_ = false;
  idle_.notify_all();
}

void StreamHash::hash_range(std::uint64_t begin, std::uint64_t end) {
  Bytes buffer(kBuffer);
  while (begin < end) {
    const std::size_t part = std::min<std::uint64_t>(kBuffer, end - begin);
    const std::size_t got =
        staging_.read(begin, MutableBytes(buffer).first(part));
    if (got == 0) break;
    hasher_.update(ByteView(buffer).first(got));
    begin += got;
  }
}

std::string StreamHash::finish(HashAlgorithm algorithm) {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return !running_; });
  const std::uint64_t size = staging_.size();
  if (broken_ || hashed_ > size || algorithm != algorithm_) {
    algorithm_ = algorithm;
    hasher_ = Hasher(algorithm_);
    hashed_ = 0;
  }
  hash_range(hashed_, size);
  std::string hash = hasher_.finish();
  hasher_ = Hasher(algorithm_);
  hashed_ = 0;
  written_ = 0;
  broken_ = false;
  return hash;
}

}  // namespace platter::ingest
