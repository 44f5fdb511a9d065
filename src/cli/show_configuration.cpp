// src/cli/show_configuration.cpp
#include <fmt/core.h>

#include "verbs.h"

namespace platter::cli {

void print_configuration(const Configuration& configuration) {
  std::string_view table;
  for (const Setting& setting : settings()) {
    if (setting.table != table) {
      fmt::print("{}[{}]\n", table.empty() ? "" : "\n", setting.table);
      table = setting.table;
    }
    const std::string line = fmt::format("{} = {}", setting.key,
                                         setting.show(configuration.config()));
    fmt::print("# {}: {}\n", setting.meaning, setting.allowed);
    fmt::print("{:<36}  # {}\n", line, configuration.origin_of(setting));
  }
}

}  // namespace platter::cli
