// src/cli/image_sources.h
//
// The well-known images that `platter import` knows by name.
#pragma once

#include <string>
#include <vector>

#include "platter/transfer/image_source.h"

namespace platter::cli {

// Of a file as share/sources/sources.toml; empty: of that one. In the order of
// their names. Throws Errc::not_found, and Errc::invalid naming file and line.
std::vector<transfer::ImageSource> load_image_sources(const std::string& file);

}  // namespace platter::cli
