// src/page/shipped.h
//
// The pages of share/page/, each made one file and built into the program.
#pragma once

#include <span>
#include <string_view>

namespace platter::page {

struct Shipped {
  std::string_view file;  // "catalog.html"
  std::string_view text;
};

// Made by scripts/embed.
std::span<const Shipped> shipped() noexcept;

}  // namespace platter::page
