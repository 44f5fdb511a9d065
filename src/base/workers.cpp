// src/base/workers.cpp
#include "platter/base/workers.h"

#include <algorithm>
#include <utility>

namespace platter {

Workers::Workers(unsigned count) {
  for (unsigned i = 0; i < std::max(count, 1u); ++i) {
    threads_.emplace_back([this] { run(); });
  }
}

Workers::~Workers() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::submit(std::function<void()> job) {
  {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

JobGroup::~JobGroup() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return under_way_ == 0; });
}

void JobGroup::submit(std::function<void()> job) {
  {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return under_way_ < limit_; });
    if (failure_) return;
    ++under_way_;
  }
  workers_.submit([this, job = std::move(job)] {
    std::exception_ptr failure;
    try {
      job();
    } catch (...) {
      failure = std::current_exception();
    }
    // Notified under the lock: the group may be gone right after it is free.
    const std::scoped_lock lock(mutex_);
    if (failure && !failure_) failure_ = failure;
    --under_way_;
    done_.notify_all();
  });
}

void JobGroup::wait() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return under_way_ == 0; });
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace platter
