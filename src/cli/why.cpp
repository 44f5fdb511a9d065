// src/cli/why.cpp
#include <fmt/core.h>

#include <iterator>

#include "attribute.h"
#include "complaints.h"
#include "mountpoint.h"
#include "platter/base/error.h"
#include "verbs.h"

namespace platter::cli {

namespace {

// images/NAME of a path at or below it, in whichever tree; empty for all
// others.
Path image_of(const Path& inside) {
  const Path tree = tree_of(inside);
  const Path path = tree.empty() ? inside : inside.lexically_relative(tree);
  const auto parts = std::distance(path.begin(), path.end());
  if (parts < 2) return {};
  return tree / *path.begin() / *std::next(path.begin());
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
  std::string complaint = newest_complaint(mount->target, inside);
  if (complaint.empty() && !image.empty()) {
    complaint = newest_complaint(mount->target, image);
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
