// src/cli/complaints.cpp
#include "complaints.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

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

Errc code_of(int number) {
  switch (number) {
    case EACCES:
    case EPERM:
      return Errc::denied;
    case EEXIST:
      return Errc::exists;
    case ENOTEMPTY:
      return Errc::not_empty;
    case EINVAL:
      return Errc::invalid;
    case ENOENT:
      return Errc::not_found;
    case EROFS:
      return Errc::read_only;
    case EDQUOT:
      return Errc::quota;
    case EFBIG:
      return Errc::too_large;
    case EOPNOTSUPP:
      return Errc::unsupported;
    case EBUSY:
      return Errc::busy;
    default:
      return Errc::io;
  }
}

// The errno of a line, which it gives by name; 0: it has none.
int errno_in(const std::string& complaint) {
  constexpr int kLast = 133;
  const std::string names = complaint.substr(0, complaint.find(": "));
  for (int number = 1; number <= kLast; ++number) {
    const char* const name = strerrorname_np(number);
    if (name != nullptr && names.ends_with(std::string(" ") + name)) {
      return number;
    }
  }
  return 0;
}

// Empty: there is none that this user may read.
std::string complaint_about(const Path& mount, const Path& inside) {
  try {
    return newest_complaint(mount, inside);
  } catch (const Error&) {
    return {};
  }
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

std::optional<Error> newest_refusal(const Path& mount, const Path& inside) {
  const std::string line = complaint_about(mount, inside);
  if (line.empty()) return std::nullopt;
  return Error(code_of(errno_in(line)), sentence_of(line));
}

Refusal refusal_of(int number, const Path& mount, const Path& inside,
                   const std::string& doing) {
  const std::string line = complaint_about(mount, inside);
  if (errno_in(line) == number) {
    return {Error(code_of(number), sentence_of(line)), true};
  }
  return {Error(code_of(number), doing + ": " + std::strerror(number)), false};
}

}  // namespace platter::cli
