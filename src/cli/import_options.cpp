// src/cli/import_options.cpp
#include "import_options.h"

#include "image_options.h"
#include "platter/base/error.h"

namespace platter::cli {

void add_import_options(CLI::App& verb, ImportVerbRequest& request) {
  verb.add_option("URL|NAME", request.url,
                  "http, https, or the name of a well-known image");
  verb.add_option("--name", request.name,
                  "of the image, or a path that ends in images/NAME; without "
                  "it, that of the file")
      ->type_name("NAME");
  CLI::Option* const hash =
      verb.add_option("--sha256", request.sha256, "what the file has to have")
          ->type_name("HEX");
  verb.add_option("--checksums", request.checksums,
                  "a published checksum file that has the URL's file")
      ->type_name("URL")
      ->excludes(hash);
  add_image_options(verb, {request.mount, request.properties, request.progress,
                           request.json});
  verb.add_flag("--detach", request.detach, "do not wait until it is done");
  verb.add_flag("--list", request.list, "list the well-known images");
}

void add_tasks_options(CLI::App& verb, TasksRequest& request) {
  verb.add_option("PLACE", request.place,
                  "a mount, or a project's folder on one; without it, where "
                  "the current folder lies, or the only mount");
  verb.add_flag("-f,--follow", request.follow, "until none is under way");
  verb.add_flag("--json", request.as_json, "one JSON object for each");
}

void add_task_options(CLI::App& verb, TasksRequest& request) {
  verb.add_option("ID", request.id, "the task's number")->required();
  verb.add_option("PLACE", request.place, "as `platter tasks` takes it");
}

void check_import(const ImportVerbRequest& request) {
  if (request.list) return;
  if (request.url.empty()) {
    throw Error(Errc::invalid,
                "import takes a URL, or a name that `platter import --list` "
                "has");
  }
  check_image_options(request.properties, request.progress);
}

}  // namespace platter::cli
