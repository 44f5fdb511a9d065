// include/platter/base/log.h
//
// The log: one line an event, "key=value" fields after a short message, to
// standard error or a file (outside library: spdlog). Thread-safe.
//
//   log::info("image committed", {{"image", name}, {"bytes", size}});
#pragma once

#include <fmt/core.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace platter::log {

enum class Level { debug, info, warning, error };

// One field of a line; anything fmt can print.
struct Field {
  template <typename T>
  Field(std::string_view key, const T& value)
      : key(key), value(fmt::format("{}", value)) {}

  std::string_view key;
  std::string value;
};

using Fields = std::initializer_list<Field>;

// Where lines go: a file's path, or empty for standard error. Called once, at
// start. Throws Errc::io when the file cannot be opened.
void configure(Level least, const std::string& file);

// Whether lines of that level are written: for those whose fields cost.
bool shows(Level level);

void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warning(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});

}  // namespace platter::log
