// src/cli/within.h
//
// Asking what may never answer. Who asks a mount whose daemon is stopped waits
// in the kernel, where no signal and no thread gets it out; so somebody else is
// sent to ask.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace platter::cli {

// Calls `ask` in a process of its own and hands on what it answers, or the
// Error that it throws. nullopt: that took longer; the process is killed, and
// ends when the kernel lets it. REQUIRES: no other thread runs.
std::optional<std::string> ask_within(std::chrono::milliseconds limit,
                                      const std::function<std::string()>& ask);

}  // namespace platter::cli
