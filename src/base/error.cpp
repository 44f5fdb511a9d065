// src/base/error.cpp
#include "platter/base/error.h"

#include <cerrno>
#include <cstring>

namespace platter {

std::string_view name_of(Errc code) noexcept {
  switch (code) {
    case Errc::not_found:
      return "not_found";
    case Errc::exists:
      return "exists";
    case Errc::not_empty:
      return "not_empty";
    case Errc::invalid:
      return "invalid";
    case Errc::denied:
      return "denied";
    case Errc::forbidden:
      return "forbidden";
    case Errc::read_only:
      return "read_only";
    case Errc::corrupt:
      return "corrupt";
    case Errc::damaged:
      return "damaged";
    case Errc::mismatch:
      return "mismatch";
    case Errc::unsupported:
      return "unsupported";
    case Errc::too_large:
      return "too_large";
    case Errc::quota:
      return "quota";
    case Errc::no_space:
      return "no_space";
    case Errc::busy:
      return "busy";
    case Errc::no_key:
      return "no_key";
    case Errc::key_rejected:
      return "key_rejected";
    case Errc::no_data:
      return "no_data";
    case Errc::remote:
      return "remote";
    case Errc::timed_out:
      return "timed_out";
    case Errc::cancelled:
      return "cancelled";
    case Errc::io:
      return "io";
  }
  return "unknown";
}

namespace {
Errc code_of(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return Errc::no_space;
    case ENOENT:
      return Errc::not_found;
    case EEXIST:
      return Errc::exists;
    case ENOTEMPTY:
      return Errc::not_empty;
    default:
      return Errc::io;
  }
}
}  // namespace

bool is_storage_trouble(Errc code) noexcept {
  return code == Errc::io || code == Errc::no_space || code == Errc::damaged;
}

Error system_error(int number, const std::string& doing) {
  return Error(code_of(number), doing + ": " + std::strerror(number));
}

}  // namespace platter
