// src/fuse/counted.h
//
// Operations as libfuse calls them: each counts itself.
#pragma once

#include "answer.h"

namespace platter::fuse {

template <Operation operation, auto op>
struct Counted;

template <Operation operation, typename... Arguments,
          void (*op)(fuse_req_t, Arguments...)>
struct Counted<operation, op> {
  static void run(fuse_req_t request, Arguments... arguments) {
    using Clock = std::chrono::steady_clock;
    Counts& counts = *server_of(request).counts;  // the request is gone then
    answering = {operation, 0};
    const auto begin = Clock::now();
    op(request, arguments...);
    counts.note(operation, Clock::now() - begin, answering.error);
  }
};

// `op` as such an operation.
template <Operation operation, auto op>
inline constexpr auto counted = &Counted<operation, op>::run;

}  // namespace platter::fuse
