// src/cli/import.cpp
//
// `platter import`: makes an image, asks the mount to fetch its disk, and
// watches until that is done.
#include <fmt/core.h>

#include <chrono>
#include <thread>

#include "attribute.h"
#include "image_sources.h"
#include "new_image.h"
#include "platter/base/amounts.h"
#include "platter/base/error.h"
#include "platter/json/json.h"
#include "platter/service/names.h"
#include "progress.h"
#include "task_files.h"
#include "verbs.h"

namespace platter::cli {

namespace {

constexpr std::chrono::milliseconds kLook{200};

// "debian-12" of "debian-12" and of "https://example.org/debian-12.qcow2?x".
std::string name_in(const std::string& url) {
  const std::string path = url.substr(0, url.find_first_of("?#"));
  const std::string file = path.substr(path.rfind('/') + 1);
  return service::disk_file_stem(file).value_or(file);
}

// What user.import takes.
std::string import_value(const ImportVerbRequest& request) {
  if (request.checksums.empty()) return request.url;
  return json::one_line(
      {{"url", request.url}, {"checksums", request.checksums}});
}

void describe(NewImage& image, const ImportVerbRequest& request) {
  if (!request.sha256.empty()) {
    image.set("os_hash_algo", "sha256");
    image.set("os_hash_value", request.sha256);
  }
  image.set_each(request.properties);
}

// As it was when it ended.
TaskFile watch(const Path& tree, std::uint64_t id, Progress::Style style) {
  Progress progress(style);
  for (;;) {
    TaskFile task = read_task(tree, id);
    if (task.is_over()) return task;
    progress.show(task.done, task.total.value_or(0));
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace

void import_image(const ImportVerbRequest& request) {
  const std::string name =
      request.name.empty() ? name_in(request.url) : request.name;
  const ImagePlace place = place_for(name, request.mount);
  NewImage image(place);
  describe(image, request);
  image.set("import", import_value(request));
  const auto id =
      parse_number<std::uint64_t>(read_attribute(place.folder(), "user.task"));
  if (!id) throw Error(Errc::not_found, "the task is gone already");
  if (request.detach) {
    fmt::print("task {} imports {}\n", *id, place.folder().string());
    return;
  }
  const TaskFile task = watch(place.folder().parent_path().parent_path(), *id,
                              progress_style(request.progress));
  if (task.status != "success") throw Error(Errc::io, task.message);
  if (request.json) {
    fmt::print("{}\n", task.text);
  } else {
    fmt::print("imported {} as {}\n", about_size(task.done),
               place.folder().string());
  }
}

void list_image_sources(const std::string& file) {
  for (const auto& source : load_image_sources(file)) {
    fmt::print("{:<20} {}\n", source.name,
               source.checksums.substr(0, source.checksums.rfind('/') + 1) +
                   source.file);
  }
}

}  // namespace platter::cli
