// src/cli/shipped.h
//
// The list of share/sources/, which is built into the program.
#pragma once

#include <span>
#include <string_view>

namespace platter::cli {

struct Shipped {
  std::string_view file;  // "sources.toml"
  std::string_view text;
};

// Made by scripts/embed.
std::span<const Shipped> shipped() noexcept;

}  // namespace platter::cli
