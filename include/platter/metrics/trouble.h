// include/platter/metrics/trouble.h
//
// Something that can fail for a while and then go well again: health asks
// whether it does right now.
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>

namespace platter::metrics {

// Thread-safe, without locks.
class Trouble {
 public:
  void begin() noexcept {
    times_.fetch_add(1, std::memory_order_relaxed);
    now_.store(true, std::memory_order_relaxed);
  }
  void end() noexcept {
    // Mostly it is over already: many threads may read this at once.
    if (now()) now_.store(false, std::memory_order_relaxed);
  }

  // Whether it failed the last time.
  bool now() const noexcept { return now_.load(std::memory_order_relaxed); }
  // How often it failed.
  std::uint64_t times() const noexcept {
    return times_.load(std::memory_order_relaxed);
  }

  // Runs `work`, and notes how that went. Throws what it throws.
  template <typename Work>
  auto watch(Work work) -> decltype(work()) {
    try {
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        end();
      } else {
        auto result = work();
        end();
        return result;
      }
    } catch (...) {
      begin();
      throw;
    }
  }

 private:
  std::atomic<bool> now_ = false;
  std::atomic<std::uint64_t> times_ = 0;
};

}  // namespace platter::metrics
