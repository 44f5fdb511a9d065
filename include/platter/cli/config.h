// include/platter/cli/config.h
//
// What an operator can set. The defaults are here; settings.h says how each
// is named, written and bounded.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platter/access/access.h"
#include "platter/base/bytes.h"
#include "platter/base/digest.h"
#include "platter/base/log.h"
#include "platter/format/format.h"
#include "platter/image/project.h"
#include "platter/ingest/ingest.h"
#include "platter/service/properties.h"

namespace platter::cli {

struct StoreConfig {
  std::uint64_t cache = 64 * kMiB;        // bytes, of chunks in memory
  std::uint64_t index_cache = 32 * kMiB;  // bytes
  int compression = 1;                    // zstd's level
  std::uint64_t low_space = kGiB;         // bytes; less room is reported
};

struct ImagesConfig {
  HashAlgorithm hash = HashAlgorithm::sha256;
  std::uint64_t max_image_size = 64 * kTiB;  // bytes of an upload
  std::uint64_t max_unpack_ratio = 200;
  ingest::Keep keep_original = ingest::Keep::exact;
  std::string certificates;                 // a folder; empty: none
  std::set<std::string> require_signature;  // as service::Options has it
  std::chrono::seconds settle{5};
  std::chrono::seconds upload_ttl{24 * 3600};
  std::chrono::seconds trash_ttl{30 * 24 * 3600};
};

struct MountConfig {
  // The formats a folder lists; nullopt: only the original.
  std::optional<std::vector<format::Format>> formats{
      {std::begin(format::kFormats), std::end(format::kFormats)}};
  unsigned threads = 10;               // at most, serving requests
  std::uint64_t readahead = 4 * kMiB;  // bytes the kernel reads ahead
  bool allow_other = false;            // users besides the one who mounts
  bool projects = false;               // a host mount: every project's tree
};

struct AccessConfig {
  std::string admin_group;                    // empty: only root and the owner
  std::map<std::string, std::string> groups;  // project -> group
};

struct ProjectsConfig {
  bool auto_projects = true;  // as access::Policy has it
};

// Rights, as access::Policy has them.
struct PolicyConfig {
  access::Who publicize = access::Who::admin;
  access::Who communitize = access::Who::admin;
  access::Who deactivate = access::Who::admin;
  access::Who accept = access::Who::member;
  image::Visibility default_visibility = image::Visibility::private_;
};

struct AuditConfig {
  std::uint64_t rotate = 64 * kMiB;  // bytes
  unsigned keep = 8;                 // files
};

struct SchemaConfig {
  std::string folder;       // of the operator's namespaces; empty: none
  std::string protections;  // a file; empty: nothing is protected
  bool refuse_unknown = false;
};

// As transfer::Rules and transfer::FetchOptions have it.
struct ImportConfig {
  std::vector<std::string> allow;  // hosts; empty: all that are not denied
  std::vector<std::string> deny;
  std::set<std::uint16_t> ports{80, 443};
  bool allow_private = false;
  std::string proxy;    // a URL; empty: none
  std::string ca_file;  // empty: the host's
  std::chrono::seconds time_limit{24 * 3600};
  std::string sources;  // a file; empty: what was installed
};

struct TasksConfig {
  unsigned running = 4;
  unsigned of_project = 2;
  std::chrono::seconds keep{48 * 3600};
};

// As service::Rate has it.
struct BillingConfig {
  double rate = 0;  // for a GiB-month
  std::string currency;
};

struct LogConfig {
  log::Level level = log::Level::info;
  std::string file;  // empty: standard error, or the store's own log
};

struct Config {
  StoreConfig store;
  ImagesConfig images;
  MountConfig mount;
  AccessConfig access;
  ProjectsConfig projects;
  PolicyConfig policy;
  // Of projects that have no limits of their own.
  image::Quota quotas{{image::Limit::properties, service::kMaxProperties},
                      {image::Limit::members, service::kMaxMembers}};
  AuditConfig audit;
  SchemaConfig schema;
  ImportConfig import;
  TasksConfig tasks;
  BillingConfig billing;
  LogConfig log;
};

}  // namespace platter::cli
