// src/transfer/image_source.cpp
#include "platter/transfer/image_source.h"

#include <algorithm>

#include "ascii.h"
#include "platter/base/error.h"
#include "url.h"

namespace platter::transfer {

namespace {

// What stands for itself in a URL's path.
bool is_plain(std::string_view name) {
  return !name.empty() && is_made_of(name, "._-+~");
}

bool matches(std::string_view pattern, std::string_view name) {
  // Where to go on when what follows the last star does not match.
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  std::size_t p = 0;
  std::size_t n = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

// Takes a run of digits off the front, without its leading zeros.
std::string_view take_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

bool has_star(const ImageSource& source) {
  return source.file.find('*') != std::string::npos;
}

[[noreturn]] void refuse(const ImageSource& source, const std::string& why) {
  throw Error(Errc::invalid, "image source \"" + source.name + "\": " + why);
}

}  // namespace

void check_source(const ImageSource& source) {
  if (!is_plain(source.name) || source.name.front() == '.') {
    refuse(source, "a name is letters, digits, and \"._-+~\"");
  }
  std::string file = source.file;
  std::ranges::replace(file, '*', '_');
  if (!is_plain(file)) {
    refuse(source, "file \"" + source.file +
                       "\" is no name of letters, digits and \"._-+~*\"");
  }
  try {
    if (last_part(parse_url(source.checksums).path).empty()) {
      refuse(source, source.checksums + " names a folder, not a file");
    }
  } catch (const Error& error) {
    refuse(source, error.what());
  }
}

std::optional<NewestFile> newest_file(const ImageSource& source,
                                      const Checksums& found) {
  std::string newest = has_star(source) ? "" : source.file;
  for (const Checksum& entry : found.entries()) {
    const std::string_view name = last_part(entry.name);
    if (is_plain(name) && matches(source.file, name) &&
        version_order(newest, name)) {
      newest = name;
    }
  }
  if (newest.empty()) return std::nullopt;
  const auto checksum = found.find(newest);
  if (!checksum) return std::nullopt;
  const std::string url = parse_url(source.checksums).shown();
  return NewestFile{url.substr(0, url.rfind('/') + 1) + newest, *checksum};
}

bool version_order(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view left = take_number(a);
      const std::string_view right = take_number(b);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
    } else if (a.front() != b.front()) {
      return a.front() < b.front();
    } else {
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.empty() && !b.empty();
}

}  // namespace platter::transfer
