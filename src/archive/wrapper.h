// src/archive/wrapper.h
//
// How wrappers are told: by their first bytes, and members by their names.
#pragma once

#include "platter/archive/archive.h"

namespace platter::archive {

// More than any member's beginning needs to be told.
inline constexpr std::size_t kLongestMagic = 16;

// Whether a member of this compression begins with `bytes`: as many of its
// first bytes as there are, up to kLongestMagic.
bool begins(Wrapper wrapper, ByteView bytes) noexcept;

// Whether a name ends so, in any letter case, and does not only consist of it.
// REQUIRES: `ending` is in lower case.
bool ends_in(std::string_view name, std::string_view ending) noexcept;

}  // namespace platter::archive
