// src/cli/completion.h
//
// Completion scripts for shells, worked out from the command line's own verbs
// and options, so they know what `platter --help` knows.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace platter::cli {

// `shell`: "bash", "zsh" or "fish". Throws Errc::invalid for another.
std::string completion_script(const CLI::App& app, const std::string& shell);

}  // namespace platter::cli
