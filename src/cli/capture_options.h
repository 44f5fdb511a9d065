// src/cli/capture_options.h
#pragma once

#include <CLI/CLI.hpp>

#include "verbs.h"

namespace platter::cli {

// Lets `verb` read `request`, which must outlive it, from the command line.
void add_capture_options(CLI::App& verb, CaptureRequest& request);

}  // namespace platter::cli
