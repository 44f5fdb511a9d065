// src/service/names.cpp
#include "platter/service/names.h"

#include <algorithm>
#include <array>

#include "platter/base/error.h"

namespace platter::service {

namespace {

constexpr std::size_t kMaxName = 200;  // bytes

constexpr std::array<std::string_view, 10> kDiskEndings = {
    ".img", ".iso", ".qcow", ".qcow2", ".raw",
    ".vdi", ".vhd", ".vhdx", ".vmdk",  ".vpc"};

bool is_utf8(std::string_view text) {
  std::size_t follow = 0;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (follow > 0) {
      if ((byte & 0xc0) != 0x80) return false;
      --follow;
    } else if (byte >= 0xf0 && byte < 0xf8) {
      follow = 3;
    } else if (byte >= 0xe0) {
      follow = 2;
    } else if (byte >= 0xc0) {
      follow = 1;
    } else if (byte >= 0x80) {
      return false;
    }
  }
  return follow == 0;
}

// Whether `name` is `word` followed by six letters or digits, as programs
// make unique names.
bool is_made_from(std::string_view word, std::string_view name) {
  return name.size() == word.size() + 6 && name.starts_with(word) &&
         std::ranges::all_of(name.substr(word.size()), [](unsigned char c) {
           return std::isalnum(c) != 0;
         });
}

}  // namespace

void check_image_name(std::string_view name) {
  const auto refuse = [&](const std::string& why) {
    throw Error(Errc::invalid,
                "\"" + std::string(name) + "\" cannot name an image: " + why);
  };
  if (name.empty() || name.size() > kMaxName) {
    refuse("a name has 1 to 200 bytes");
  }
  if (name.front() == '.') refuse("a name does not begin with a dot");
  if (!is_utf8(name)) refuse("a name is UTF-8 text");
  if (std::ranges::any_of(name, [](unsigned char c) { return c < ' '; })) {
    refuse("a name has no control characters");
  }
  if (disk_file_stem(name)) {
    refuse("it ends like a disk file; leave the ending out");
  }
}

std::optional<std::string> disk_file_stem(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  for (const std::string_view ending : kDiskEndings) {
    if (lower.size() > ending.size() && lower.ends_with(ending)) {
      return std::string(name.substr(0, name.size() - ending.size()));
    }
  }
  return std::nullopt;
}

bool is_scratch_name(std::string_view name) {
  if (name.starts_with('.') || name.ends_with('~') || name == "4913") {
    return true;
  }
  if (name.size() > 1 && name.starts_with('#') && name.ends_with('#')) {
    return true;
  }
  if (is_made_from("sed", name) || is_made_from("Cu", name)) return true;
  constexpr std::array<std::string_view, 8> kMarks = {
      ".part",       ".partial",  ".tmp",   ".temp",
      ".crdownload", ".filepart", ".aria2", ".download"};
  // At the end, or before a mark of the tool's own: "x.aria2__temp".
  return std::ranges::any_of(kMarks, [&](std::string_view mark) {
    const auto at = name.rfind(mark);
    if (at == name.npos) return false;
    const std::string_view rest = name.substr(at + mark.size());
    return rest.empty() || !std::isalnum(static_cast<unsigned char>(rest[0]));
  });
}

}  // namespace platter::service
