// src/cli/complaints.cpp
#include "complaints.h"

#include <fstream>
#include <iterator>

#include "platter/base/error.h"

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

// False: there is no such file, or it cannot be read.
bool find_newest(const Path& errors, const std::string& path,
                 std::string& newest) {
  std::ifstream file(errors);
  for (std::string line; std::getline(file, line);) {
    // Lines begin with the time, to be compared with those of another file.
    if (is_about(line, path) && line >= newest) newest = line;
  }
  return file.eof();
}

}  // namespace

Path tree_of(const Path& inside) {
  const auto parts = std::distance(inside.begin(), inside.end());
  if (parts < 2 || *inside.begin() != "projects") return {};
  return *inside.begin() / *std::next(inside.begin());
}

std::string newest_complaint(const Path& mount, const Path& inside) {
  const Path tree = tree_of(inside);
  const Path own = mount / tree / "info" / "errors";
  std::string newest;
  const bool readable = find_newest(own, inside.string(), newest);
  // Of projects/NAME itself the root's file tells, too.
  const bool root = !tree.empty() && find_newest(mount / "info" / "errors",
                                                 inside.string(), newest);
  if (!readable && !root) {
    throw Error(Errc::io, "cannot read " + own.string());
  }
  return newest;
}

std::string sentence_of(const std::string& complaint) {
  const auto colon = complaint.find(": ");
  return colon == complaint.npos ? complaint : complaint.substr(colon + 2);
}

}  // namespace platter::cli
