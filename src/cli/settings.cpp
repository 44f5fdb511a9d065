// src/cli/settings.cpp: the table of settings.
#include "platter/cli/settings.h"

#include <fmt/core.h>

#include <algorithm>

#include "platter/service/quotas.h"
#include "setting_makers.h"
#include "setting_values.h"
#include "values.h"

namespace platter::cli {

namespace {

constexpr Setting kSettings[] = {
    size_setting<&Config::store, &StoreConfig::cache, 8 * kMiB, kTiB>(
        "store", "cache", "cache", "a size from 8MiB to 1TiB",
        "memory for chunks of disks"),
    size_setting<&Config::store, &StoreConfig::index_cache, kMiB, kTiB>(
        "store", "index_cache", "index_cache", "a size from 1MiB to 1TiB",
        "memory for blocks of the index"),
    {"store", "compression", "compression", "a level of zstd from -7 to 19",
     "higher: smaller and slower", false,
     [](Config& config, std::string_view text) {
       return set_within(parse_number<int>(text), -7, 19,
                         config.store.compression);
     },
     [](const Config& config) {
       return fmt::format("{}", config.store.compression);
     }},
    size_setting<&Config::store, &StoreConfig::low_space, std::uint64_t{0},
                 1024 * kTiB>("store", "low_space", "low_space",
                              "a size from 0B to 1024TiB",
                              "info/health reports less room on its disk"),
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
    size_setting<&Config::images, &ImagesConfig::max_image_size, kMiB,
                 1024 * kTiB>("images", "max_image_size", "max_image_size",
                              "a size from 1MiB to 1024TiB",
                              "the largest upload and the largest disk"),
    number_setting<&Config::images, &ImagesConfig::max_unpack_ratio,
                   std::uint64_t{1}, std::uint64_t{1'000'000}>(
        "images", "max_unpack_ratio", "max_unpack_ratio",
        "a number from 1 to 1000000",
        "times its size that a compressed upload holds"),
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
    path_setting<&Config::images, &ImagesConfig::certificates>(
        "images", "certificates", "certificates",
        "the folder of the certificates that sign images"),
    {"images", "require_signature", "require_signature",
     "a list of visibilities and projects, as [\"public\", \"project:web\"]",
     "images that have to be signed", false, set_require_signature,
     [](const Config& config) {
       return toml_list(config.images.require_signature);
     }},
    time_setting<&Config::images, &ImagesConfig::settle>(
        "images", "settle", "settle",
        "how long a finished upload stays writable"),
    time_setting<&Config::images, &ImagesConfig::upload_ttl>(
        "images", "upload_ttl", "upload_ttl",
        "how long an interrupted upload waits"),
    time_setting<&Config::images, &ImagesConfig::trash_ttl>(
        "images", "trash_ttl", "trash_ttl",
        "how long removed images stay in the trash"),
    {"mount", "formats", "formats",
     "all, original, or a list of formats, as [\"raw\", \"qcow2\"]",
     "the disk files that a folder lists", false, set_formats, show_formats},
    number_setting<&Config::mount, &MountConfig::threads, 1u, 1024u>(
        "mount", "threads", "threads", "a number from 1 to 1024",
        "the most that serve requests at once"),
    size_setting<&Config::mount, &MountConfig::readahead, std::uint64_t{0},
                 kGiB>("mount", "readahead", "readahead",
                       "a size from 0B to 1GiB",
                       "how far the kernel reads ahead"),
    flag_setting<&Config::mount, &MountConfig::allow_other>(
        "mount", "allow_other", "allow_other",
        "let in users besides the one who mounts"),
    flag_setting<&Config::mount, &MountConfig::projects>(
        "mount", "projects", "projects",
        "show every project, to users of all of them"),
    text_setting<&Config::access, &AccessConfig::admin_group>(
        "access", "admin_group", "admin_group", "the name or number of a group",
        "its members may do everything"),
    {"access", "groups", "groups", "a list of PROJECT=GROUP",
     "whose members use a project", false, set_groups, show_groups},
    flag_setting<&Config::projects, &ProjectsConfig::auto_projects>(
        "projects", "auto", "auto_projects",
        "a group of users is a project when one of them looks for it"),
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
    size_setting<&Config::audit, &AuditConfig::rotate, 64 * kKiB, kTiB>(
        "audit", "rotate", "audit_rotate", "a size from 64KiB to 1TiB",
        "of a project's audit trail before the next file begins"),
    number_setting<&Config::audit, &AuditConfig::keep, 0u, 1000u>(
        "audit", "keep", "audit_keep", "a number from 0 to 1000",
        "earlier files of a project's audit trail"),
    path_setting<&Config::schema, &SchemaConfig::folder>(
        "schema", "folder", "schema_folder",
        "of *.json that say what properties take"),
    path_setting<&Config::schema, &SchemaConfig::protections>(
        "schema", "protections", "property_protections",
        "the file that says whose properties are"),
    {"schema", "unknown_properties", "unknown_properties", "allow or refuse",
     "names that no namespace defines", false,
     [](Config& config, std::string_view text) {
       config.schema.refuse_unknown = text == "refuse";
       return text == "refuse" || text == "allow";
     },
     [](const Config& config) {
       return toml_text(config.schema.refuse_unknown ? "refuse" : "allow");
     }},
    {"import", "allow", "import_allow",
     "a list of names, addresses and networks, as [\"*.debian.org\"]",
     "hosts to import from, and no others", false,
     [](Config& config, std::string_view text) {
       return set_hosts(text, config.import.allow);
     },
     [](const Config& config) { return toml_list(config.import.allow); }},
    {"import", "deny", "import_deny",
     "a list of names, addresses and networks, as [\"10.0.0.0/8\"]",
     "hosts not to import from", false,
     [](Config& config, std::string_view text) {
       return set_hosts(text, config.import.deny);
     },
     [](const Config& config) { return toml_list(config.import.deny); }},
    {"import", "ports", "import_ports", "a list of numbers from 1 to 65535",
     "of servers to import from", false, set_ports, show_ports},
    flag_setting<&Config::import, &ImportConfig::allow_private>(
        "import", "allow_private", "import_private",
        "import from addresses of private networks"),
    text_setting<&Config::import, &ImportConfig::proxy>(
        "import", "proxy", "import_proxy", "a URL, or empty for none",
        "that imports go through"),
    path_setting<&Config::import, &ImportConfig::ca_file>(
        "import", "ca_file", "import_ca_file",
        "of certificates that vouch for servers, in place of the host's"),
    time_setting<&Config::import, &ImportConfig::time_limit>(
        "import", "time_limit", "import_time_limit", "of one import"),
    path_setting<&Config::import, &ImportConfig::sources>(
        "import", "sources", "import_sources",
        "the list of well-known images; empty: the one that was installed"),
    number_setting<&Config::tasks, &TasksConfig::running, 1u, 64u>(
        "tasks", "running", "tasks_running", "a number from 1 to 64",
        "the most tasks at a time"),
    number_setting<&Config::tasks, &TasksConfig::of_project, 1u, 64u>(
        "tasks", "of_project", "tasks_of_project", "a number from 1 to 64",
        "the most of one project at a time"),
    time_setting<&Config::tasks, &TasksConfig::keep>(
        "tasks", "keep", "tasks_keep", "how long a task that ended is shown"),
    {"billing", "rate", "billing_rate", "a number from 0 to 1000000000",
     "what a GiB costs that is held for a month", false,
     [](Config& config, std::string_view text) {
       return set_within(parse_fraction(text), 0.0, 1e9, config.billing.rate);
     },
     [](const Config& config) {
       return fmt::format("{}", config.billing.rate);
     }},
    text_setting<&Config::billing, &BillingConfig::currency>(
        "billing", "currency", "billing_currency", "a text, as EUR",
        "that the rate is in"),
    {"log", "level", "log_level", "debug, info, warning or error",
     "the least that is logged", false, set_level, show_level},
    text_setting<&Config::log, &LogConfig::file>(
        "log", "file", "log_file", "the path of a file",
        "empty: standard error, or the store's log"),
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
