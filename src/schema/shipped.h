// src/schema/shipped.h
//
// The namespaces of share/schema/, which are built into the program.
#pragma once

#include <span>
#include <string_view>

namespace platter::schema {

struct Shipped {
  std::string_view file;  // "OS__Compute__TPM.json"
  std::string_view text;
};

// Made by scripts/embed.
std::span<const Shipped> shipped() noexcept;

}  // namespace platter::schema
