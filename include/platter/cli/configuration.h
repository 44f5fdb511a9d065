// include/platter/cli/configuration.h
//
// The configuration in force, gathered from its layers, each over the one
// before: defaults, the system's files, the user's file, the environment,
// options. Remembers where each value came from.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "platter/base/file.h"
#include "platter/cli/settings.h"

namespace platter::cli {

// A value for a setting, as after -o.
struct Assignment {
  std::string option;
  std::string value;
};

// Every failure is Errc::invalid with a sentence that names file and line (or
// the variable, or the option), the value and what is allowed.
class Configuration {
 public:
  // A TOML file; throws Errc::not_found when there is none.
  void read_file(const Path& file);
  // `environment` ends with a nullptr. Variables that name no table of ours
  // are somebody else's.
  void read_environment(const char* const* environment);
  void read_options(const std::vector<Assignment>& options);

  const Config& config() const noexcept { return config_; }
  // "default", "/etc/platter/config.toml:3", "PLATTER_STORE_CACHE",
  // "-o cache".
  std::string origin_of(const Setting& setting) const;

 private:
  void set(const Setting& setting, std::string_view value,
           const std::string& origin);

  Config config_;
  std::map<const Setting*, std::string> origins_;
};

// The files that are there, in the order in which they count:
// `system`/config.toml, `system`/config.d/*.toml, `user`/config.toml.
std::vector<Path> config_files(const Path& system, const Path& user);

// The configuration of this process. `file`: is read in place of the
// system's and the user's, unless empty.
Configuration load_configuration(const Path& file,
                                 const std::vector<Assignment>& options);

}  // namespace platter::cli
