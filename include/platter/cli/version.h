// include/platter/cli/version.h
#pragma once

#include <string_view>

namespace platter::cli {

// "0.1.0": of this build, from meson.build.
std::string_view version() noexcept;

}  // namespace platter::cli
