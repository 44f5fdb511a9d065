// src/format/vmdk_keys.h
//
// The lines of a descriptor that say that the disk is encrypted.
#pragma once

#include <string>
#include <string_view>

namespace platter::format::vmdk {

// `descriptor` without those lines.
std::string without_keys(std::string_view descriptor);

bool has_keys(std::string_view descriptor);

}  // namespace platter::format::vmdk
