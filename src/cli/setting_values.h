// src/cli/setting_values.h
//
// Settings that are more than a number or a word. Each set answers false,
// changing nothing, for a text that is not allowed; each show writes TOML.
#pragma once

#include <string>
#include <string_view>

#include "platter/cli/config.h"
#include "values.h"

namespace platter::cli {

// ["public", "project:web"]
template <typename Texts>
std::string toml_list(const Texts& texts) {
  std::string list;
  for (const std::string_view text : texts) {
    if (!list.empty()) list += ", ";
    list += toml_text(text);
  }
  return "[" + list + "]";
}

bool set_formats(Config& config, std::string_view text);
std::string show_formats(const Config& config);

bool set_require_signature(Config& config, std::string_view text);

bool set_hosts(std::string_view text, std::vector<std::string>& hosts);

bool set_ports(Config& config, std::string_view text);
std::string show_ports(const Config& config);

bool set_groups(Config& config, std::string_view text);
std::string show_groups(const Config& config);

bool set_level(Config& config, std::string_view text);
std::string show_level(const Config& config);

// `member`: the word for Who::member: "owner", or "member" of those who are
// offered something.
bool set_who(access::Who& who, std::string_view text, std::string_view member);
std::string show_who(access::Who who, std::string_view member);

bool set_limit(image::Quota& quota, image::Limit limit, std::string_view text);
std::string show_limit(const image::Quota& quota, image::Limit limit);

}  // namespace platter::cli
