// include/platter/cli/mount_options.h
//
// The list after -o, as mount(8), fstab and people write it: settings of ours,
// options for the kernel, and what only mount(8) and systemd understand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platter/cli/configuration.h"

namespace platter::cli {

struct MountOptions {
  std::vector<Assignment> settings;
  std::vector<std::string> kernel;  // "ro", "noatime"
  std::string source;               // fsname=; empty: not given
};

// Adds what a comma-separated list says. Throws Errc::invalid naming an option
// that nobody knows.
void add_mount_options(MountOptions& options, std::string_view list);

// The command line of a mount helper: SOURCE TARGET, and options after them.
struct HelperCall {
  std::string source;
  std::string target;
  MountOptions options;
  bool fake = false;     // -f: check, but do not mount
  bool verbose = false;  // -v
};

// Throws Errc::invalid. `arguments` are those after argv[0].
HelperCall parse_helper_call(const std::vector<std::string>& arguments);

}  // namespace platter::cli
