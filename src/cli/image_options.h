// src/cli/image_options.h
//
// What every verb takes that makes an image.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace platter::cli {

// The places are read into when the command line is, and must live until then.
struct ImageOptions {
  std::string& mount;
  std::vector<std::string>& properties;  // KEY=VALUE
  std::string& progress;
  bool& json;
};
void add_image_options(CLI::App& verb, const ImageOptions& places);

// Throws Errc::invalid, saying what is wrong.
void check_image_options(const std::vector<std::string>& properties,
                         const std::string& progress);

}  // namespace platter::cli
