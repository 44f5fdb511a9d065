// src/cli/detach.h
//
// Leaves a server running behind the command that started it.
#pragma once

#include <functional>

namespace platter::cli {

// Calls `serve` in a process of its own, cut off from the terminal, and
// returns when that calls its argument ("ready"). Throws the Error with which
// `serve` ends before, and Errc::io when no process can be made or it dies.
// REQUIRES: no thread runs.
void serve_detached(
    const std::function<void(const std::function<void()>& ready)>& serve);

}  // namespace platter::cli
