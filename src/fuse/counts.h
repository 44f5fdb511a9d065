// src/fuse/counts.h
//
// What requests come to, counted on the way: nobody else knows it. For every
// request two additions, and two looks at the clock.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "platter/metrics/family.h"
#include "platter/metrics/histogram.h"

namespace platter::fuse {

enum class Operation : std::uint8_t {
  lookup,
  getattr,
  setattr,
  readlink,
  mknod,
  mkdir,
  unlink,
  rmdir,
  symlink,
  rename,
  link,
  open,
  create,
  read,
  write,
  flush,
  release,
  fsync,
  lseek,
  statfs,
  opendir,
  readdir,
  readdirplus,
  releasedir,
  getxattr,
  setxattr,
  listxattr,
  removexattr,
};

inline constexpr std::string_view kOperationNames[] = {
    "lookup",   "getattr",   "setattr",     "readlink",   "mknod",
    "mkdir",    "unlink",    "rmdir",       "symlink",    "rename",
    "link",     "open",      "create",      "read",       "write",
    "flush",    "release",   "fsync",       "lseek",      "statfs",
    "opendir",  "readdir",   "readdirplus", "releasedir", "getxattr",
    "setxattr", "listxattr", "removexattr"};
inline constexpr std::size_t kOperations = std::size(kOperationNames);
static_assert(static_cast<std::size_t>(Operation::removexattr) + 1 ==
              kOperations);

constexpr std::string_view name_of(Operation operation) noexcept {
  return kOperationNames[static_cast<std::size_t>(operation)];
}

// Thread-safe, without locks.
class Counts {
 public:
  // A request was answered; `error`: with that errno, or with what it asked for
  // (0).
  void note(Operation operation, std::chrono::nanoseconds duration,
            int error) noexcept;
  // Bytes that reads of files answered, and that writes took.
  void note_read(std::uint64_t bytes) noexcept { add(read_, bytes); }
  void note_written(std::uint64_t bytes) noexcept { add(written_, bytes); }

  metrics::Families families() const;

 private:
  using Count = std::atomic<std::uint64_t>;
  static constexpr std::size_t kErrnos = 134;  // Linux' own, from 0

  struct OfOperation {
    metrics::Histogram durations;
    std::array<Count, kErrnos> errors{};
  };

  static void add(Count& count, std::uint64_t more) noexcept {
    count.fetch_add(more, std::memory_order_relaxed);
  }
  metrics::Family errors() const;

  std::array<OfOperation, kOperations> operations_;
  Count read_ = 0;
  Count written_ = 0;
};

}  // namespace platter::fuse
