// src/cli/configuration.cpp
#include "platter/cli/configuration.h"

#include <fmt/core.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "platter/base/error.h"

namespace platter::cli {

namespace {

// Where in a file something stands: "/etc/platter/config.toml:3".
std::string place_of(const Path& file, const toml::source_region& source) {
  return fmt::format("{}:{}", file.string(), source.begin.line);
}

std::string keys_of(std::string_view table) {
  std::string keys;
  for (const Setting& setting : settings()) {
    if (setting.table != table) continue;
    if (!keys.empty()) keys += ", ";
    keys += setting.key;
  }
  return keys;
}

std::string table_names() {
  std::string names;
  for (const Setting& setting : settings()) {
    const std::string name = fmt::format("[{}]", setting.table);
    if (names.ends_with(name)) continue;
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

std::string options_list() {
  std::string names;
  for (const Setting& setting : settings()) {
    if (!names.empty()) names += ", ";
    names += setting.option;
  }
  return names;
}

[[noreturn]] void refuse_key(const std::string& place, std::string_view table,
                             std::string_view key) {
  const std::string keys = keys_of(table);
  if (keys.empty()) {
    throw Error(Errc::invalid,
                fmt::format("{}: there is no table [{}]; there are {}", place,
                            table, table_names()));
  }
  throw Error(
      Errc::invalid,
      fmt::format("{}: there is no setting \"{}\" in [{}]; there are {}", place,
                  key, table, keys));
}

// A scalar as the text that a setting takes; nullopt for other nodes.
std::optional<std::string> text_of_scalar(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) {
    return fmt::format("{}", number->get());
  }
  if (const auto* number = node.as_floating_point()) {
    return fmt::format("{}", number->get());
  }
  if (const auto* truth = node.as_boolean()) {
    return truth->get() ? "true" : "false";
  }
  return std::nullopt;
}

// A scalar, an array of scalars or a table of scalars.
std::optional<std::string> text_of(const toml::node& node) {
  if (node.is_value()) return text_of_scalar(node);
  std::string list;
  bool whole = true;
  const auto add = [&](const std::string& name, const toml::node& part) {
    const auto text = text_of_scalar(part);
    whole = whole && text;
    list += (list.empty() ? "" : ",") + name + text.value_or("");
  };
  if (const auto* array = node.as_array()) {
    for (const toml::node& part : *array) add("", part);
  } else if (const auto* table = node.as_table()) {
    for (const auto& [key, part] : *table) {
      add(std::string(key.str()) + "=", part);
    }
  }
  return whole ? std::optional(list) : std::nullopt;
}

toml::table parse_file(const Path& file) {
  // 1 MiB: far more than any configuration, and no harm to read.
  const auto bytes = read_whole(file, kMiB);
  if (!bytes) {
    throw Error(Errc::not_found, "there is no file " + file.string());
  }
  try {
    return toml::parse(as_text(*bytes), file.string());
  } catch (const toml::parse_error& problem) {
    throw Error(Errc::invalid,
                fmt::format("{}: {}", place_of(file, problem.source()),
                            problem.description()));
  }
}

// The user's own configuration; empty when there is no home.
Path user_folder() {
  if (const char* folder = std::getenv("XDG_CONFIG_HOME"); folder && *folder) {
    return Path(folder) / "platter";
  }
  if (const char* home = std::getenv("HOME"); home && *home) {
    return Path(home) / ".config" / "platter";
  }
  return {};
}

}  // namespace

void Configuration::read_file(const Path& file) {
  const toml::table content = parse_file(file);
  for (const auto& [name, node] : content) {
    const toml::table* table = node.as_table();
    if (table == nullptr) refuse_key(place_of(file, node.source()), name, name);
    for (const auto& [key, value] : *table) {
      const std::string place = place_of(file, value.source());
      const Setting* setting = setting_of_key(name, key);
      if (setting == nullptr) refuse_key(place, name, key);
      const auto text = text_of(value);
      if (!text) {
        throw Error(
            Errc::invalid,
            fmt::format("{}: {}.{} is no simple value; {} is allowed", place,
                        setting->table, setting->key, setting->allowed));
      }
      set(*setting, *text, place);
    }
  }
}

void Configuration::read_environment(const char* const* environment) {
  for (; *environment != nullptr; ++environment) {
    const std::string_view variable = *environment;
    const std::size_t equals = std::min(variable.find('='), variable.size());
    const std::string_view name = variable.substr(0, equals);
    for (const Setting& setting : settings()) {
      if (name != environment_name(setting)) continue;
      set(setting, variable.substr(std::min(equals + 1, variable.size())),
          std::string(name));
    }
  }
}

void Configuration::read_options(const std::vector<Assignment>& options) {
  for (const Assignment& option : options) {
    const Setting* setting = setting_of_option(option.option);
    if (setting == nullptr) {
      throw Error(Errc::invalid,
                  fmt::format("-o {}: there is no such setting; there are {}",
                              option.option, options_list()));
    }
    set(*setting, option.value, "-o " + option.option);
  }
}

std::string Configuration::origin_of(const Setting& setting) const {
  const auto found = origins_.find(&setting);
  return found == origins_.end() ? "default" : found->second;
}

void Configuration::set(const Setting& setting, std::string_view value,
                        const std::string& origin) {
  if (!setting.set(config_, value)) {
    throw Error(Errc::invalid, fmt::format("{}: {}.{} is \"{}\"; {} is allowed",
                                           origin, setting.table, setting.key,
                                           value, setting.allowed));
  }
  origins_[&setting] = origin;
}

std::vector<Path> config_files(const Path& system, const Path& user) {
  std::vector<Path> files;
  std::error_code ignored;
  const auto add = [&](const Path& file) {
    if (std::filesystem::exists(file, ignored)) files.push_back(file);
  };
  add(system / "config.toml");
  std::vector<Path> parts;
  for (const auto& entry :
       std::filesystem::directory_iterator(system / "config.d", ignored)) {
    if (entry.path().extension() == ".toml") parts.push_back(entry.path());
  }
  std::ranges::sort(parts);
  files.insert(files.end(), parts.begin(), parts.end());
  if (!user.empty()) add(user / "config.toml");
  return files;
}

Configuration load_configuration(const Path& file,
                                 const std::vector<Assignment>& options) {
  Configuration configuration;
  if (!file.empty()) {
    configuration.read_file(file);
  } else {
    for (const Path& found : config_files("/etc/platter", user_folder())) {
      configuration.read_file(found);
    }
  }
  configuration.read_environment(environ);
  configuration.read_options(options);
  return configuration;
}

}  // namespace platter::cli
