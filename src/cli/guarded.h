// src/cli/guarded.h
#pragma once

#include <functional>

namespace platter::cli {

// Runs `work` in a process of its own, and answers the exit status that it
// answers; 128 and the signal when one ended it. Whatever ends this process,
// SIGKILL too, `work` gets a SIGTERM, and can put in order what it began
// elsewhere. SIGINT, SIGTERM and SIGHUP are passed on. Throws Errc::io.
//
// REQUIRES: one thread, and nothing printed that is not flushed.
int run_guarded(const std::function<int()>& work);

}  // namespace platter::cli
