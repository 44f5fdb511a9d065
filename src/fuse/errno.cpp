// src/fuse/errno.cpp
#include "errno.h"

#include <cerrno>
#include <cstring>

namespace platter::fuse {

int errno_of(Errc code) noexcept {
  switch (code) {
    case Errc::not_found:
      return ENOENT;
    case Errc::exists:
      return EEXIST;
    case Errc::not_empty:
      return ENOTEMPTY;
    case Errc::invalid:
      return EINVAL;
    case Errc::denied:
      return EACCES;
    case Errc::forbidden:
      return EPERM;
    case Errc::read_only:
      return EROFS;
    case Errc::corrupt:
      return EUCLEAN;
    case Errc::damaged:
      return EIO;
    case Errc::mismatch:
      return EBADMSG;
    case Errc::unsupported:
      return EOPNOTSUPP;
    case Errc::too_large:
      return EFBIG;
    case Errc::quota:
      return EDQUOT;
    case Errc::no_space:
      return ENOSPC;
    case Errc::busy:
      return EBUSY;
    case Errc::no_key:
      return ENOKEY;
    case Errc::key_rejected:
      return EKEYREJECTED;
    case Errc::no_data:
      return ENODATA;
    case Errc::remote:
      return EREMOTEIO;
    case Errc::timed_out:
      return ETIMEDOUT;
    case Errc::cancelled:
      return ECANCELED;
    case Errc::io:
      return EIO;
  }
  return EIO;
}

std::string_view errno_name(int number) noexcept {
  const char* name = strerrorname_np(number);
  return name ? name : "EIO";
}

}  // namespace platter::fuse
