// src/cli/shipped.h
//
// The list of share/sources/, which is built into the program.
#pragma once

#include "platter/base/shipped.h"

namespace platter::cli {

// Made by scripts/embed.
std::span<const Shipped> shipped() noexcept;

}  // namespace platter::cli
