// src/store/rounds.h
//
// Work that is the same for everybody who asks: callers that come while a
// round runs share the next one.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>

namespace platter::store {

// Thread-safe.
class Rounds {
 public:
  // Returns when a run of `work` that began after the call has ended. Throws
  // what that run, or a later one, threw.
  template <typename Work>
  void join(Work work) {
    std::unique_lock lock(mutex_);
    const std::uint64_t mine = started_ + 1;
    ended_or_free_.wait(lock, [&] { return ended_ >= mine || !running_; });
    if (ended_ < mine) run(lock, work);
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  template <typename Work>
  void run(std::unique_lock<std::mutex>& lock, Work& work) {
    ++started_;
    running_ = true;
    lock.unlock();
    std::exception_ptr failure;
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
    ended_ = started_;
    running_ = false;
    ended_or_free_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable ended_or_free_;
  std::uint64_t started_ = 0;  // rounds
  std::uint64_t ended_ = 0;
  bool running_ = false;
  std::exception_ptr failure_;  // of the last round that ended
};

}  // namespace platter::store
