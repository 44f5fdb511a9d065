// src/service/names.cpp
#include "platter/service/names.h"

#include <algorithm>
#include <array>

#include "platter/base/error.h"

namespace platter::service {

namespace {

constexpr std::size_t kMaxName = 200;  // bytes

constexpr std::array<std::string_view, 11> kDiskEndings = {
    ".img", ".iso", ".ova",  ".qcow", ".qcow2", ".raw",
    ".vdi", ".vhd", ".vhdx", ".vmdk", ".vpc"};
// Of compressed files; what is in them may be said before.
constexpr std::array<std::string_view, 4> kPackedEndings = {".bz2", ".gz",
                                                            ".xz", ".zst"};

// `lower` without the one of `endings` that it ends in; nullopt when it ends
// in none, or is nothing more.
template <std::size_t Count>
std::optional<std::string_view> without(
    const std::array<std::string_view, Count>& endings,
    std::string_view lower) {
  for (const std::string_view ending : endings) {
    if (lower.size() > ending.size() && lower.ends_with(ending)) {
      return lower.substr(0, lower.size() - ending.size());
    }
  }
  return std::nullopt;
}

// The bytes of the letter that `text` begins with; 0 when that is no UTF-8
// (RFC 3629: none longer than needed, no surrogates, none past U+10FFFF).
std::size_t letter_length(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return static_cast<unsigned char>(text[at]);
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return 0;
  }
  const unsigned least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  return least <= byte(1) && byte(1) <= most ? length : 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = letter_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
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
  const auto unpacked = without(kPackedEndings, lower);
  const auto stem = without(kDiskEndings, unpacked.value_or(lower));
  if (!stem && !unpacked) return std::nullopt;
  return std::string(name.substr(0, (stem ? *stem : *unpacked).size()));
}

bool is_part_name(std::string_view name) {
  constexpr std::string_view kEnding = ".vmdk";
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  if (!lower.ends_with(kEnding)) return false;
  lower.resize(lower.size() - kEnding.size());
  const auto dash = lower.rfind('-');
  if (dash == lower.npos || dash == 0) return false;
  const std::string mark = lower.substr(dash + 1);
  if (mark == "flat") return true;
  return mark.size() == 4 && (mark[0] == 'f' || mark[0] == 's') &&
         std::ranges::all_of(mark.substr(1), [](unsigned char c) {
           return std::isdigit(c) != 0;
         });
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
