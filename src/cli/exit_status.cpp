// src/cli/exit_status.cpp
#include "platter/cli/exit_status.h"

namespace platter::cli {

ExitStatus exit_status_of(Errc code) noexcept {
  switch (code) {
    case Errc::not_found:
      return ExitStatus::not_found;
    case Errc::exists:
    case Errc::not_empty:
    case Errc::invalid:
    case Errc::denied:
    case Errc::forbidden:
    case Errc::read_only:
    case Errc::mismatch:
    case Errc::unsupported:
    case Errc::too_large:
    case Errc::quota:
    case Errc::no_key:
    case Errc::key_rejected:
      return ExitStatus::refused;
    case Errc::busy:
      return ExitStatus::busy;
    case Errc::corrupt:
    case Errc::damaged:
      return ExitStatus::damage;
    case Errc::no_space:
    case Errc::no_data:
    case Errc::io:
    case Errc::remote:
    case Errc::timed_out:
    case Errc::cancelled:
      return ExitStatus::failed;
  }
  return ExitStatus::failed;
}

}  // namespace platter::cli
