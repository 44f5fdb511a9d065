// include/platter/service/in_flight.h
//
// What is being uploaded, by project: kept as it grows, because every write
// asks for it.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "platter/base/bytes.h"

namespace platter::service {

// Thread-safe. Must outlive every Charge on it.
class InFlight {
 public:
  struct Sum {
    std::uint64_t bytes = 0;    // that no record counts yet
    std::uint64_t uploads = 0;  // files that have a writer
  };
  Sum of(const std::string& project) const;
  // Of all projects.
  Sum all() const;

 private:
  friend class Charge;

  mutable std::mutex mutex_;  // guards the sums, and all charges on them
  std::map<std::string, Sum> sums_;
};

// What one draft adds to that; it ends with the draft. Thread-safe, but for
// open().
class Charge {
 public:
  Charge() = default;
  ~Charge() { release(); }
  Charge(const Charge&) = delete;
  Charge& operator=(const Charge&) = delete;

  // Once, before others use the draft. Until then nothing counts.
  void open(InFlight& sums, const std::string& project);
  // Whose it is.
  const std::string& project() const noexcept { return project_; }

  // The file has `size` bytes, of which a record counts `stored`.
  void set(std::uint64_t size, std::uint64_t stored);
  // The file is about to have at least `size` bytes.
  void grow(std::uint64_t size);
  // Somebody writes it, or nobody.
  void set_written(bool written);
  // Nothing counts any more.
  void release();

 private:
  void put(std::uint64_t size, std::uint64_t stored, bool written);

  InFlight* sums_ = nullptr;
  std::string project_;
  // Guarded by the sums' mutex.
  std::uint64_t size_ = 0;
  std::uint64_t stored_ = 0;
  bool written_ = false;
  bool released_ = false;
};

}  // namespace platter::service
