// include/platter/base/workers.h
//
// A fixed set of threads that run jobs. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace platter {

class Workers {
 public:
  // `count` threads, at least one.
  explicit Workers(unsigned count);
  // Runs what was submitted, then stops.
  ~Workers();

  unsigned count() const noexcept {
    return static_cast<unsigned>(threads_.size());
  }

  // `job` must not throw; see JobGroup for jobs that may.
  void submit(std::function<void()> job);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

// Jobs of one purpose on shared workers: at most `limit` wait or run at a
// time, and the first failure is kept. Used by one thread.
class JobGroup {
 public:
  JobGroup(Workers& workers, std::size_t limit)
      : workers_(workers), limit_(limit) {}
  // Waits for all.
  ~JobGroup();

  // Waits while `limit` jobs are under way. After a failure jobs are dropped.
  void submit(std::function<void()> job);
  // Returns when all are done; rethrows the first failure.
  void wait();

 private:
  Workers& workers_;
  std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::size_t under_way_ = 0;
  std::exception_ptr failure_;
};

}  // namespace platter
