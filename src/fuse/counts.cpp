#include "counts.h"

#include <algorithm>

#include "errno.h"

namespace platter::fuse {

using metrics::Families;
using metrics::Family;
using metrics::Kind;

void Counts::note(Operation operation, std::chrono::nanoseconds duration,
                  int error) noexcept {
  OfOperation& counts = operations_[static_cast<std::size_t>(operation)];
  counts.durations.observe(duration);
  if (error > 0 && static_cast<std::size_t>(error) < kErrnos) {
    add(counts.errors[static_cast<std::size_t>(error)], 1);
  }
}

// Only those that there were: most errnos never come of most operations.
Family Counts::errors() const {
  Family errors{"platter_fuse_errors_total",
                "Requests that were answered with an errno; ENOENT of lookup "
                "and ENODATA of getxattr are daily business.",
                Kind::counter,
                {}};
  for (std::size_t at = 0; at < kOperations; ++at) {
    for (std::size_t number = 1; number < kErrnos; ++number) {
      const std::uint64_t count = operations_[at].errors[number];
      if (count == 0) continue;
      errors.samples.push_back(
          {{{"operation", std::string(kOperationNames[at])},
            {"errno", std::string(errno_name(static_cast<int>(number)))}},
           static_cast<double>(count)});
    }
  }
  return errors;
}

Families Counts::families() const {
  Family durations{"platter_fuse_operation_duration_seconds",
                   "Requests of the kernel, and how long each took until it "
                   "was answered.",
                   Kind::histogram,
                   {}};
  for (std::size_t at = 0; at < kOperations; ++at) {
    durations.samples.push_back(
        {{{"operation", std::string(kOperationNames[at])}},
         0,
         operations_[at].durations.read()});
  }
  return {std::move(durations), errors(),
          metrics::counter("platter_fuse_read_bytes_total",
                           "Bytes of files that were read from the mount.",
                           read_.load()),
          metrics::counter("platter_fuse_written_bytes_total",
                           "Bytes of files that were written to the mount.",
                           written_.load())};
}

}  // namespace platter::fuse
