// src/cli/why.cpp
#include <fmt/core.h>

#include <fstream>
#include <iterator>

#include "attribute.h"
#include "mountpoint.h"
#include "platter/base/error.h"
#include "verbs.h"

namespace platter::cli {

namespace {

// A line of info/errors: "TIME USER COMMAND PATH ERRNO: sentence". Whether it
// is about `path`, or about something in it; commands and paths may hold
// blanks, so it is looked for rather than split off.
bool is_about(std::string_view line, const std::string& path) {
  if (path.empty()) return true;
  const std::string_view names = line.substr(0, line.find(": "));
  const std::size_t error = std::min(names.rfind(' '), names.size());
  const std::string_view subject = names.substr(0, error);
  return subject.ends_with(" " + path) ||
         subject.find(" " + path + "/") != subject.npos;
}

// The newest complaint about `path`, which counts from the mount's root;
// empty: none.
std::string newest_complaint(const Path& mount, const std::string& path) {
  const Path errors = mount / "info" / "errors";
  std::ifstream file(errors);
  if (!file) throw Error(Errc::io, "cannot read " + errors.string());
  std::string newest;
  for (std::string line; std::getline(file, line);) {
    if (is_about(line, path)) newest = line;
  }
  return newest;
}

// images/NAME of a path at or below it; empty for all others.
Path image_of(const Path& path) {
  const auto parts = std::distance(path.begin(), path.end());
  if (parts < 2) return {};
  return *path.begin() / *std::next(path.begin());
}

}  // namespace

void print_why(const Path& place) {
  const Path path = resolve(place);
  const auto mount = our_mount_above(path);
  if (!mount) {
    throw Error(Errc::not_found, path.string() +
                                     " lies in no mount of "
                                     "Platter's");
  }
  Path inside = path.lexically_relative(mount->target);
  if (inside == ".") inside.clear();
  const Path image = image_of(inside);
  std::string complaint = newest_complaint(mount->target, inside.string());
  if (complaint.empty() && !image.empty()) {
    complaint = newest_complaint(mount->target, image.string());
  }
  const std::string reason =
      image.empty()
          ? std::string()
          : read_attribute(mount->target / image, "user.status_reason");
  if (!complaint.empty()) fmt::print("{}\n", complaint);
  if (!reason.empty()) {
    fmt::print("{} is {}: {}\n", image.string(),
               read_attribute(mount->target / image, "user.status"), reason);
  }
  if (complaint.empty() && reason.empty()) {
    fmt::print("nothing was refused at {} since the mount began\n",
               path.string());
  }
}

}  // namespace platter::cli
