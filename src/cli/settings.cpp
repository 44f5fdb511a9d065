// src/cli/settings.cpp: the table of settings.
#include "platter/cli/settings.h"

#include <fmt/core.h>

#include <algorithm>

#include "platter/image/record.h"
#include "values.h"

namespace platter::cli {

namespace {

// A thousand years; the sum with any time of day fits 64 bits of nanoseconds
// only below about two hundred, so times are bounded by a hundred.
constexpr std::chrono::seconds kLongest{100ll * 366 * 24 * 3600};

// Puts `value` in place if it lies within the bounds.
template <typename Value>
bool set_within(std::optional<Value> value, Value least, Value most,
                Value& place) {
  if (!value || *value < least || *value > most) return false;
  place = *value;
  return true;
}

bool set_time(std::string_view text, std::chrono::seconds& place) {
  return set_within(parse_duration(text), std::chrono::seconds{0}, kLongest,
                    place);
}

// An absolute one, as the daemon works in another folder; empty: none.
bool set_path(std::string_view text, std::string& place) {
  if (!text.empty() && !text.starts_with('/')) return false;
  place = text;
  return true;
}

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

constexpr std::pair<std::string_view, log::Level> kLevels[] = {
    {"debug", log::Level::debug},
    {"info", log::Level::info},
    {"warning", log::Level::warning},
    {"error", log::Level::error}};

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

constexpr Setting kSettings[] = {
    {"store", "cache", "cache", "a size from 8MiB to 1TiB",
     "memory for chunks of disks", false,
     [](Config& config, std::string_view text) {
       return set_within(parse_size(text), 8 * kMiB, kTiB, config.store.cache);
     },
     [](const Config& config) {
       return toml_text(show_size(config.store.cache));
     }},
    {"store", "index_cache", "index_cache", "a size from 1MiB to 1TiB",
     "memory for blocks of the index", false,
     [](Config& config, std::string_view text) {
       return set_within(parse_size(text), kMiB, kTiB,
                         config.store.index_cache);
     },
     [](const Config& config) {
       return toml_text(show_size(config.store.index_cache));
     }},
    {"store", "compression", "compression", "a level of zstd from -7 to 19",
     "higher: smaller and slower", false,
     [](Config& config, std::string_view text) {
       return set_within(parse_number<int>(text), -7, 19,
                         config.store.compression);
     },
     [](const Config& config) {
       return fmt::format("{}", config.store.compression);
     }},
    {"images", "hash", "hash", "sha224, sha256, sha384 or sha512",
     "of uploads, shown in os_hash_value", false,
     [](Config& config, std::string_view text) {
       const auto algorithm = hash_algorithm(text);
       if (algorithm) config.images.hash = *algorithm;
       return algorithm.has_value();
     },
     [](const Config& config) {
       return toml_text(name_of(config.images.hash));
     }},
    {"images", "max_image_size", "max_image_size",
     "a size from 1MiB to 1024TiB", "the largest upload and the largest disk",
     false,
     [](Config& config, std::string_view text) {
       return set_within(parse_size(text), kMiB, 1024 * kTiB,
                         config.images.max_image_size);
     },
     [](const Config& config) {
       return toml_text(show_size(config.images.max_image_size));
     }},
    {"images", "max_unpack_ratio", "max_unpack_ratio",
     "a number from 1 to 1000000",
     "times its size that a compressed upload holds", false,
     [](Config& config, std::string_view text) {
       return set_within<std::uint64_t>(parse_number<std::uint64_t>(text), 1,
                                        1'000'000,
                                        config.images.max_unpack_ratio);
     },
     [](const Config& config) {
       return fmt::format("{}", config.images.max_unpack_ratio);
     }},
    {"images", "keep_original", "keep_original", "exact or rebuild",
     "what is kept of a file whose disk is compressed", false,
     [](Config& config, std::string_view text) {
       const bool rebuild = text == "rebuild";
       config.images.keep_original =
           rebuild ? ingest::Keep::rebuild : ingest::Keep::exact;
       return rebuild || text == "exact";
     },
     [](const Config& config) {
       const bool exact = config.images.keep_original == ingest::Keep::exact;
       return toml_text(exact ? "exact" : "rebuild");
     }},
    {"images", "certificates", "certificates", "an absolute path",
     "the folder of the certificates that sign images", false,
     [](Config& config, std::string_view text) {
       return set_path(text, config.images.certificates);
     },
     [](const Config& config) {
       return toml_text(config.images.certificates);
     }},
    {"images", "require_signature", "require_signature",
     "a list of visibilities and projects, as [\"public\", \"project:web\"]",
     "images that have to be signed", false, set_require_signature,
     [](const Config& config) {
       return toml_list(config.images.require_signature);
     }},
    {"images", "settle", "settle", "a time from 0s to 36600d",
     "how long a finished upload stays writable", false,
     [](Config& config, std::string_view text) {
       return set_time(text, config.images.settle);
     },
     [](const Config& config) {
       return toml_text(show_duration(config.images.settle));
     }},
    {"images", "upload_ttl", "upload_ttl", "a time from 0s to 36600d",
     "how long an interrupted upload waits", false,
     [](Config& config, std::string_view text) {
       return set_time(text, config.images.upload_ttl);
     },
     [](const Config& config) {
       return toml_text(show_duration(config.images.upload_ttl));
     }},
    {"images", "trash_ttl", "trash_ttl", "a time from 0s to 36600d",
     "how long removed images stay in the trash", false,
     [](Config& config, std::string_view text) {
       return set_time(text, config.images.trash_ttl);
     },
     [](const Config& config) {
       return toml_text(show_duration(config.images.trash_ttl));
     }},
    {"mount", "formats", "formats",
     "all, original, or a list of formats, as [\"raw\", \"qcow2\"]",
     "the disk files that a folder lists", false, set_formats, show_formats},
    {"mount", "threads", "threads", "a number from 1 to 1024",
     "the most that serve requests at once", false,
     [](Config& config, std::string_view text) {
       return set_within(parse_number<unsigned>(text), 1u, 1024u,
                         config.mount.threads);
     },
     [](const Config& config) {
       return fmt::format("{}", config.mount.threads);
     }},
    {"mount", "readahead", "readahead", "a size from 0B to 1GiB",
     "how far the kernel reads ahead", false,
     [](Config& config, std::string_view text) {
       return set_within(parse_size(text), std::uint64_t{0}, kGiB,
                         config.mount.readahead);
     },
     [](const Config& config) {
       return toml_text(show_size(config.mount.readahead));
     }},
    {"mount", "allow_other", "allow_other", "true or false",
     "let in users besides the one who mounts", true,
     [](Config& config, std::string_view text) {
       return set_within(parse_bool(text), false, true,
                         config.mount.allow_other);
     },
     [](const Config& config) {
       return fmt::format("{}", config.mount.allow_other);
     }},
    {"access", "admin_group", "admin_group", "the name or number of a group",
     "its members may do everything", false,
     [](Config& config, std::string_view text) {
       config.access.admin_group = text;
       return true;
     },
     [](const Config& config) { return toml_text(config.access.admin_group); }},
    {"access", "groups", "groups", "a list of PROJECT=GROUP",
     "whose members use a project", false, set_groups, show_groups},
    {"schema", "folder", "schema_folder", "an absolute path",
     "of *.json that say what properties take", false,
     [](Config& config, std::string_view text) {
       return set_path(text, config.schema.folder);
     },
     [](const Config& config) { return toml_text(config.schema.folder); }},
    {"schema", "protections", "property_protections", "an absolute path",
     "the file that says whose properties are", false,
     [](Config& config, std::string_view text) {
       return set_path(text, config.schema.protections);
     },
     [](const Config& config) { return toml_text(config.schema.protections); }},
    {"schema", "unknown_properties", "unknown_properties", "allow or refuse",
     "names that no namespace defines", false,
     [](Config& config, std::string_view text) {
       config.schema.refuse_unknown = text == "refuse";
       return text == "refuse" || text == "allow";
     },
     [](const Config& config) {
       return toml_text(config.schema.refuse_unknown ? "refuse" : "allow");
     }},
    {"log", "level", "log_level", "debug, info, warning or error",
     "the least that is logged", false, set_level, show_level},
    {"log", "file", "log_file", "the path of a file",
     "empty: standard error, or the store's log", false,
     [](Config& config, std::string_view text) {
       config.log.file = text;
       return true;
     },
     [](const Config& config) { return toml_text(config.log.file); }},
};

}  // namespace

std::span<const Setting> settings() noexcept { return kSettings; }

const Setting* setting_of_key(std::string_view table,
                              std::string_view key) noexcept {
  const auto found =
      std::ranges::find_if(kSettings, [&](const Setting& setting) {
        return setting.table == table && setting.key == key;
      });
  return found == std::end(kSettings) ? nullptr : found;
}

const Setting* setting_of_option(std::string_view option) noexcept {
  const auto found = std::ranges::find(kSettings, option, &Setting::option);
  return found == std::end(kSettings) ? nullptr : found;
}

std::string environment_name(const Setting& setting) {
  std::string name = fmt::format("PLATTER_{}_{}", setting.table, setting.key);
  for (char& letter : name) {
    if (letter >= 'a' && letter <= 'z') letter -= 'a' - 'A';
  }
  return name;
}

}  // namespace platter::cli
