// src/page/shipped.h
//
// The pages of share/page/, each made one file and built into the program.
#pragma once

#include "platter/base/shipped.h"

namespace platter::page {

// Made by scripts/embed.
std::span<const Shipped> shipped() noexcept;

}  // namespace platter::page
