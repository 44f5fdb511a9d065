// src/service/late_hashes.cpp
#include "platter/service/late_hashes.h"

#include <algorithm>

#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/image/content.h"
#include "platter/ingest/stream_hash.h"

namespace platter::service {

using image::Record;
using image::RecordPtr;

namespace {
// Between two looks at whether to go on.
constexpr std::uint64_t kStep = 64 * kMiB;
}  // namespace

LateHashes::LateHashes(store::Store& store, image::Catalogue& catalogue)
    : store_(store), catalogue_(catalogue), thread_([this] { run(); }) {}

LateHashes::~LateHashes() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void LateHashes::add(image::Number number) {
  {
    const std::scoped_lock lock(mutex_);
    waiting_.insert(number);
  }
  wake_.notify_one();
}

void LateHashes::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const image::Number number = *waiting_.begin();
    waiting_.erase(waiting_.begin());
    lock.unlock();
    try {
      hash(number);
    } catch (const std::exception& problem) {
      log::error("cannot hash an image",
                 {{"image", number}, {"why", problem.what()}});
    }
    lock.lock();
  }
}

bool LateHashes::is_wanted(const Record& record) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return false;
  }
  const RecordPtr now = catalogue_.find(record.number);
  return now && now->original == record.original;
}

void LateHashes::hash(image::Number number) {
  const RecordPtr record = catalogue_.find(number);
  if (!record || !record->original || !record->os_hash_value.empty()) return;
  const auto algorithm = hash_algorithm(record->os_hash_algo);
  if (!algorithm) return;
  const auto source = image::original_of(store_, *record);
  Hasher hasher(*algorithm);
  for (std::uint64_t at = 0; at < source->size(); at += kStep) {
    if (!is_wanted(*record)) return;
    ingest::hash_range(*source, at, std::min(at + kStep, source->size()),
                       hasher);
  }
  const std::string value = hasher.finish();
  catalogue_.update(number, [&](Record& changed) {
    // Written to meanwhile: the new data has a hash of its own.
    if (changed.original == record->original) changed.os_hash_value = value;
  });
}

}  // namespace platter::service
