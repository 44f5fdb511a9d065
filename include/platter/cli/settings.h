// include/platter/cli/settings.h
//
// The settings by name. One table says for each how it is called in a file,
// in the environment and after -o, what it takes, and what it means; reading,
// printing and every error message follow from it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "platter/cli/config.h"

namespace platter::cli {

struct Setting {
  std::string_view table;    // "log", as in a file's [log]
  std::string_view key;      // "level"
  std::string_view option;   // "log_level", as after -o
  std::string_view allowed;  // "debug, info, warning or error"
  std::string_view meaning;  // half a line
  bool is_flag;              // -o allow_other stands for allow_other=true
  // False, changing nothing, for a text that is not allowed.
  bool (*set)(Config& config, std::string_view text);
  // The value as TOML.
  std::string (*show)(const Config& config);
};

// In the order of their tables.
std::span<const Setting> settings() noexcept;

// nullptr when there is none.
const Setting* setting_of_key(std::string_view table,
                              std::string_view key) noexcept;
const Setting* setting_of_option(std::string_view option) noexcept;

// "PLATTER_LOG_LEVEL"
std::string environment_name(const Setting& setting);

}  // namespace platter::cli
