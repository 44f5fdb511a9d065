// include/platter/metrics/process.h
//
// What the kernel says of this process.
#pragma once

#include <cstdint>

#include "platter/metrics/family.h"

namespace platter::metrics {

struct Process {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t threads = 0;
  double cpu_seconds = 0;
  double start_time = 0;  // seconds since 1970
  std::uint64_t open_files = 0;
  std::uint64_t most_open_files = 0;
};

// Throws Errc::io when /proc cannot be read.
Process this_process();

// By the names that all of Prometheus' clients use: process_open_fds, ...
Families process_families();

}  // namespace platter::metrics
