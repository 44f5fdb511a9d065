// src/format/refusal.h
//
// How a reader says no: a code and a sentence that names field and value.
#pragma once

#include <fmt/core.h>

#include <utility>

#include "platter/base/error.h"

namespace platter::format {

template <typename... Args>
[[noreturn]] void refuse(Errc code, fmt::format_string<Args...> sentence,
                         Args&&... args) {
  throw Error(code, fmt::format(sentence, std::forward<Args>(args)...));
}

}  // namespace platter::format
