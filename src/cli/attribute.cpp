// src/cli/attribute.cpp
#include "attribute.h"

#include <sys/xattr.h>

#include <cerrno>

namespace platter::cli {

std::string read_attribute(const Path& path, const char* name) {
  std::string value(4096, '\0');
  const ssize_t length =
      getxattr(path.c_str(), name, value.data(), value.size());
  value.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return value;
}

int write_attribute(const Path& path, const std::string& name,
                    const std::string& value) {
  const int done =
      setxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0);
  return done == 0 ? 0 : errno;
}

}  // namespace platter::cli
