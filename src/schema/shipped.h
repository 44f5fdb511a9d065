// src/schema/shipped.h
//
// The namespaces of share/schema/, which are built into the program.
#pragma once

#include "platter/base/shipped.h"

namespace platter::schema {

// Made by scripts/embed.
std::span<const Shipped> shipped() noexcept;

}  // namespace platter::schema
