// src/archive/refusal.h
//
// How a wrapper is refused: a code and a sentence. Names out of a wrapper are
// somebody else's bytes and end in logs of one line each.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

#include "platter/base/error.h"

namespace platter::archive {

template <typename... Args>
[[noreturn]] void refuse(Errc code, fmt::format_string<Args...> sentence,
                         Args&&... args) {
  throw Error(code, fmt::format(sentence, std::forward<Args>(args)...));
}

// `name` in quotes, with "?" for control characters, and not too long.
std::string shown(std::string_view name);

}  // namespace platter::archive
