// src/ingest/unwrap_ahead.cpp
#include "platter/ingest/unwrap_ahead.h"

#include <algorithm>

#include "platter/base/error.h"
#include "platter/base/log.h"

namespace platter::ingest {

namespace {

// Enough to tell a compressed file by.
constexpr std::uint64_t kFirst = 64 * kKiB;

// Whatever it is, it is met again, and told, when the file is whole.
void log_failure(const std::exception& problem) {
  log::debug("a file is not unpacked while it arrives",
             {{"why", problem.what()}});
}

}  // namespace

// The staged bytes, as far as they arrived.
class UnwrapAhead::Feed final : public archive::Arriving {
 public:
  explicit Feed(UnwrapAhead& ahead) : ahead_(ahead) {}

  std::size_t read(std::uint64_t offset, MutableBytes out) override {
    const std::size_t length = ahead_.wait_for(offset, out.size());
    return ahead_.staging_.read(offset, out.first(length));
  }

 private:
  UnwrapAhead& ahead_;
};

UnwrapAhead::UnwrapAhead(const Staging& staging, Path folder,
                         const archive::Limits& limits)
    : staging_(staging), folder_(std::move(folder)), limits_(limits) {}

UnwrapAhead::~UnwrapAhead() { stop(); }

void UnwrapAhead::written(std::uint64_t offset, std::uint64_t length) {
  const std::scoped_lock lock(mutex_);
  if (over_) return;
  // What was unpacked of it is not what is there.
  if (offset < taken_) over_ = true;
  arrived_.insert(offset, offset + length);
  if (!decided_ && arrived_.contains(0) && arrived_.run_end(0) >= kFirst) {
    begin();
  }
  changed_.notify_all();
}

void UnwrapAhead::resized(std::uint64_t size) {
  const std::scoped_lock lock(mutex_);
  if (size < taken_) over_ = true;
  arrived_.cut(size);
  changed_.notify_all();
}

// REQUIRES: mutex_ is held.
void UnwrapAhead::begin() {
  decided_ = true;
  over_ = true;
  try {
    Bytes first(kFirst);
    first.resize(staging_.read(0, first));
    const auto wrapper = archive::compression_of(first);
    if (!wrapper) return;
    thread_ = std::thread([this, wrapper] { work(*wrapper); });
    over_ = false;
  } catch (const std::exception& problem) {
    log_failure(problem);
  }
}

void UnwrapAhead::work(archive::Wrapper wrapper) {
  try {
    Feed feed(*this);
    AheadUnwrapped result{
        wrapper, archive::unwrap_arriving(wrapper, feed, folder_, limits_)};
    const std::scoped_lock lock(mutex_);
    if (!over_) result_ = std::move(result);
  } catch (const std::exception& problem) {
    log_failure(problem);
  }
  const std::scoped_lock lock(mutex_);
  over_ = true;
}

// How many of the bytes from there on are to be read now.
std::size_t UnwrapAhead::wait_for(std::uint64_t offset, std::size_t length) {
  std::unique_lock lock(mutex_);
  const auto front = [&] {
    return arrived_.contains(0) ? arrived_.run_end(0) : 0;
  };
  changed_.wait(lock,
                [&] { return over_ || end_ || front() >= offset + length; });
  if (over_) throw Error(Errc::cancelled, "it was not sent in order");
  std::uint64_t end = offset + length;
  if (end_) end = std::min(end, std::max(offset, *end_));
  // Before they are read: who writes there from now on is seen to.
  taken_ = std::max(taken_, end);
  return end - offset;
}

void UnwrapAhead::stop() {
  {
    const std::scoped_lock lock(mutex_);
    decided_ = true;
    over_ = true;
  }
  changed_.notify_all();
  join();
}

void UnwrapAhead::join() {
  const std::scoped_lock lock(joining_);
  if (thread_.joinable()) thread_.join();
}

std::optional<AheadUnwrapped> UnwrapAhead::finish(std::uint64_t size) {
  {
    const std::scoped_lock lock(mutex_);
    const bool whole = arrived_.contains(0) && arrived_.run_end(0) >= size;
    if (!decided_ || !whole) over_ = true;
    decided_ = true;
    end_ = size;
  }
  changed_.notify_all();
  join();
  const std::scoped_lock lock(mutex_);
  over_ = true;
  return std::exchange(result_, std::nullopt);
}

}  // namespace platter::ingest
