// src/format/vmdk_keys.cpp
#include "vmdk_keys.h"

#include <algorithm>

namespace platter::format::vmdk {

namespace {

bool is_key(std::string_view line) {
  line = line.substr(0, line.find('='));
  constexpr std::string_view kBlanks = " \t";
  const std::size_t first =
      std::min(line.find_first_not_of(kBlanks), line.size());
  const std::size_t last = line.find_last_not_of(kBlanks);
  const std::string_view name = line.substr(first, last + 1 - first);
  return name == "encryptionKeys" || name == "keySafe";
}

}  // namespace

std::string without_keys(std::string_view descriptor) {
  std::string kept;
  while (!descriptor.empty()) {
    const std::size_t end = descriptor.find('\n');
    const std::string_view line =
        descriptor.substr(0, end == descriptor.npos ? end : end + 1);
    if (!is_key(line)) kept += line;
    descriptor.remove_prefix(line.size());
  }
  return kept;
}

bool has_keys(std::string_view descriptor) {
  return without_keys(descriptor).size() < descriptor.size();
}

}  // namespace platter::format::vmdk
