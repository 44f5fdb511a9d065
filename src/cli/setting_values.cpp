// src/cli/setting_values.cpp
#include "setting_values.h"

#include <fmt/ranges.h>

#include "platter/base/error.h"
#include "platter/service/quotas.h"
#include "platter/transfer/url_rules.h"
#include "values.h"

namespace platter::cli {

namespace {

constexpr std::pair<std::string_view, log::Level> kLevels[] = {
    {"debug", log::Level::debug},
    {"info", log::Level::info},
    {"warning", log::Level::warning},
    {"error", log::Level::error}};

}  // namespace

bool set_formats(Config& config, std::string_view text) {
  if (text == "all") {
    config.mount.formats = MountConfig{}.formats;
    return true;
  }
  if (text == "original") {
    config.mount.formats = std::nullopt;
    return true;
  }
  std::vector<format::Format> formats;
  for (const std::string& word : split_list(text)) {
    const auto format = format::format_of(word);
    if (!format) return false;
    formats.push_back(*format);
  }
  if (formats.empty()) return false;
  config.mount.formats = formats;
  return true;
}

std::string show_formats(const Config& config) {
  const auto& formats = config.mount.formats;
  if (!formats) return "\"original\"";
  if (formats == MountConfig{}.formats) return "\"all\"";
  std::vector<std::string_view> names;
  for (const format::Format format : *formats) {
    names.push_back(format::name_of(format));
  }
  return toml_list(names);
}

// The colon of "project:web" is also what parts a list after -o.
bool set_require_signature(Config& config, std::string_view text) {
  std::set<std::string> required;
  const auto words = split_list(text);
  for (std::size_t n = 0; n < words.size(); ++n) {
    std::string word = words[n];
    if (word == "project" && n + 1 < words.size()) word += ":" + words[++n];
    const bool project = word.starts_with("project:") && word.size() > 8;
    if (!project && !image::visibility_of(word)) return false;
    required.insert(word);
  }
  config.images.require_signature = std::move(required);
  return true;
}

// "web=webteam:shop=sales"
bool set_hosts(std::string_view text, std::vector<std::string>& hosts) {
  std::vector<std::string> words = split_list(text, ", ");
  try {
    for (const std::string& word : words) transfer::HostPattern::parse(word);
  } catch (const Error&) {
    return false;
  }
  hosts = std::move(words);
  return true;
}

bool set_ports(Config& config, std::string_view text) {
  std::set<std::uint16_t> ports;
  for (const std::string& word : split_list(text)) {
    const auto port = parse_number<std::uint16_t>(word);
    if (!port || *port == 0) return false;
    ports.insert(*port);
  }
  config.import.ports = std::move(ports);
  return true;
}

std::string show_ports(const Config& config) {
  return fmt::format("[{}]", fmt::join(config.import.ports, ", "));
}

bool set_groups(Config& config, std::string_view text) {
  std::map<std::string, std::string> groups;
  for (const std::string& word : split_list(text)) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos || equals == 0 || equals + 1 == word.size()) {
      return false;
    }
    groups[word.substr(0, equals)] = word.substr(equals + 1);
  }
  config.access.groups = std::move(groups);
  return true;
}

std::string show_groups(const Config& config) {
  std::string list;
  for (const auto& [project, group] : config.access.groups) {
    if (!list.empty()) list += ", ";
    list += toml_text(project) + " = " + toml_text(group);
  }
  return list.empty() ? "{}" : "{ " + list + " }";
}

bool set_level(Config& config, std::string_view text) {
  for (const auto& [name, level] : kLevels) {
    if (text != name) continue;
    config.log.level = level;
    return true;
  }
  return false;
}

std::string show_level(const Config& config) {
  for (const auto& [name, level] : kLevels) {
    if (level == config.log.level) return toml_text(name);
  }
  return {};
}

bool set_who(access::Who& who, std::string_view text, std::string_view member) {
  if (text != "admin" && text != member) return false;
  who = text == "admin" ? access::Who::admin : access::Who::member;
  return true;
}

std::string show_who(access::Who who, std::string_view member) {
  return toml_text(who == access::Who::admin ? "admin" : member);
}

bool set_limit(image::Quota& quota, image::Limit limit, std::string_view text) {
  const auto most = service::parse_limit(limit, text);
  if (most) quota[limit] = *most;
  return most.has_value();
}

std::string show_limit(const image::Quota& quota, image::Limit limit) {
  const auto most = quota.find(limit);
  if (most == quota.end() || most->second == image::kUnlimited) {
    return toml_text("unlimited");
  }
  return service::is_of_bytes(limit) ? toml_text(show_size(most->second))
                                     : std::to_string(most->second);
}

}  // namespace platter::cli
