// src/fuse/errno.h
#pragma once

#include <string_view>

#include "platter/base/error.h"

namespace platter::fuse {

// The errno that stands for `code`; the table is in docs/mount.md.
int errno_of(Errc code) noexcept;
// "EINVAL"
std::string_view errno_name(int number) noexcept;

}  // namespace platter::fuse
