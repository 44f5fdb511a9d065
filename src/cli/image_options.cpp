// src/cli/image_options.cpp
#include "image_options.h"

#include "platter/base/error.h"
#include "progress.h"

namespace platter::cli {

void add_image_options(CLI::App& verb, const ImageOptions& places) {
  verb.add_option(
          "--mount", places.mount,
          "the mount that NAME belongs to, or a project's folder on one")
      ->type_name("MOUNTPOINT");
  verb.add_option("-p,--property", places.properties,
                  "a property of the image; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb.add_option("--progress", places.progress,
                  "how far it is: bar, json or none")
      ->type_name("STYLE");
  verb.add_flag("--json", places.json,
                "say what came of it as one JSON object");
}

void check_image_options(const std::vector<std::string>& properties,
                         const std::string& progress) {
  for (const std::string& property : properties) {
    if (property.find('=') == property.npos || property.front() == '=') {
      throw Error(Errc::invalid,
                  "--property takes KEY=VALUE; \"" + property + "\" is none");
    }
  }
  progress_style(progress);
}

}  // namespace platter::cli
