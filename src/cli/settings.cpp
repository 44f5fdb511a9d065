// src/cli/settings.cpp: the table of settings.
#include "platter/cli/settings.h"

#include <fmt/core.h>

#include <algorithm>

#include "platter/service/quotas.h"
#include "setting_values.h"
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

template <typename Number>
bool set_number(std::string_view text, Number least, Number most,
                Number& place) {
  return set_within(parse_number<Number>(text), least, most, place);
}

// An absolute one, as the daemon works in another folder; empty: none.
bool set_path(std::string_view text, std::string& place) {
  if (!text.empty() && !text.starts_with('/')) return false;
  place = text;
  return true;
}

constexpr std::string_view kBool = "true or false";

bool set_flag(std::string_view text, bool& place) {
  return set_within(parse_bool(text), false, true, place);
}

// A right of the policy: that of administrators, or of an image's owner.
template <access::Who PolicyConfig::*right>
constexpr Setting right_setting(std::string_view key,
                                std::string_view meaning) {
  return {"policy",
          key,
          key,
          "admin or owner",
          meaning,
          false,
          [](Config& config, std::string_view text) {
            return set_who(config.policy.*right, text, "owner");
          },
          [](const Config& config) {
            return show_who(config.policy.*right, "owner");
          }};
}

// A limit of a project.
template <image::Limit limit>
constexpr Setting limit_setting(std::string_view key, std::string_view option,
                                std::string_view meaning) {
  constexpr bool bytes = service::is_of_bytes(limit);
  return {
      "quotas",
      key,
      option,
      bytes ? "a size, or unlimited" : "a number, or unlimited",
      meaning,
      false,
      [](Config& config, std::string_view text) {
        return set_limit(config.quotas, limit, text);
      },
      [](const Config& config) { return show_limit(config.quotas, limit); }};
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
    {"mount", "allow_other", "allow_other", kBool,
     "let in users besides the one who mounts", true,
     [](Config& config, std::string_view text) {
       return set_flag(text, config.mount.allow_other);
     },
     [](const Config& config) {
       return fmt::format("{}", config.mount.allow_other);
     }},
    {"mount", "projects", "projects", kBool,
     "show every project, to users of all of them", true,
     [](Config& config, std::string_view text) {
       return set_flag(text, config.mount.projects);
     },
     [](const Config& config) {
       return fmt::format("{}", config.mount.projects);
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
    {"projects", "auto", "auto_projects", kBool,
     "a group of users is a project when one of them looks for it", true,
     [](Config& config, std::string_view text) {
       return set_flag(text, config.projects.auto_projects);
     },
     [](const Config& config) {
       return fmt::format("{}", config.projects.auto_projects);
     }},
    right_setting<&PolicyConfig::publicize>("publicize",
                                            "who makes an image public"),
    right_setting<&PolicyConfig::communitize>("communitize",
                                              "who makes an image community"),
    right_setting<&PolicyConfig::deactivate>(
        "deactivate", "who deactivates an image, and activates it again"),
    {"policy", "accept", "accept", "admin or member",
     "who answers an offer to a project", false,
     [](Config& config, std::string_view text) {
       return set_who(config.policy.accept, text, "member");
     },
     [](const Config& config) {
       return show_who(config.policy.accept, "member");
     }},
    {"policy", "default_visibility", "default_visibility",
     "private, shared, community or public", "of new images", false,
     [](Config& config, std::string_view text) {
       const auto visibility = image::visibility_of(text);
       if (visibility) config.policy.default_visibility = *visibility;
       return visibility.has_value();
     },
     [](const Config& config) {
       return toml_text(name_of(config.policy.default_visibility));
     }},
    limit_setting<image::Limit::images>("images", "quota_images",
                                        "the most images of a project"),
    limit_setting<image::Limit::bytes>(
        "bytes", "quota_bytes", "of all its images, its trash and its uploads"),
    limit_setting<image::Limit::uploads>("uploads", "quota_uploads",
                                         "the most uploads at once"),
    limit_setting<image::Limit::image_size>("image_size", "quota_image_size",
                                            "of one upload, besides "
                                            "max_image_size"),
    limit_setting<image::Limit::properties>("properties", "quota_properties",
                                            "the most of an image"),
    limit_setting<image::Limit::members>("members", "quota_members",
                                         "the most of an image"),
    {"audit", "rotate", "audit_rotate", "a size from 64KiB to 1TiB",
     "of a project's audit trail before the next file begins", false,
     [](Config& config, std::string_view text) {
       return set_within(parse_size(text), 64 * kKiB, kTiB,
                         config.audit.rotate);
     },
     [](const Config& config) {
       return toml_text(show_size(config.audit.rotate));
     }},
    {"audit", "keep", "audit_keep", "a number from 0 to 1000",
     "earlier files of a project's audit trail", false,
     [](Config& config, std::string_view text) {
       return set_number(text, 0u, 1000u, config.audit.keep);
     },
     [](const Config& config) { return fmt::format("{}", config.audit.keep); }},
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
