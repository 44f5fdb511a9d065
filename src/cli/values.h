// src/cli/values.h
//
// How the values of settings are written as text, and read back; numbers,
// sizes and times are those of base.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platter/base/amounts.h"

namespace platter::cli {

// true, yes, on, 1; false, no, off, 0; nullopt for anything else.
std::optional<bool> parse_bool(std::string_view text);

// The words between separators. (A list after -o cannot use commas, as they end
// the option.)
std::vector<std::string> split_list(std::string_view text,
                                    std::string_view separators = ",: ");

// As TOML writes a text: in quotes.
std::string toml_text(std::string_view text);

}  // namespace platter::cli
