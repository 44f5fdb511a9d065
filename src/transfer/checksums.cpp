// src/transfer/checksums.cpp
#include "platter/transfer/checksums.h"

#include <algorithm>
#include <utility>

#include "ascii.h"
#include "platter/base/error.h"

namespace platter::transfer {

namespace {

constexpr std::string_view kSpace = " \t\r";

// Longer names are no files'.
constexpr std::size_t kLongestName = 1024;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F');
  });
}

// A hash tells its algorithm by its length; MD5 is none of HashAlgorithm.
struct Strength {
  bool weak = false;
  HashAlgorithm algorithm = HashAlgorithm::sha256;
};

std::optional<Strength> strength_of(std::string_view hex) {
  if (!is_hex(hex)) return std::nullopt;
  switch (hex.size()) {
    case 32:
    case 40:
      return Strength{true, HashAlgorithm::sha1};
    case 56:
      return Strength{false, HashAlgorithm::sha224};
    case 64:
      return Strength{false, HashAlgorithm::sha256};
    case 96:
      return Strength{false, HashAlgorithm::sha384};
    case 128:
      return Strength{false, HashAlgorithm::sha512};
    default:
      return std::nullopt;
  }
}

// Of "SHA256" and "SHA2-256" in BSD's lines. Others have hashes of the same
// lengths, as BLAKE2 and SHA-3 do.
bool is_known(std::string_view algorithm) {
  static constexpr std::string_view kNames[] = {
      "MD5",    "SHA1",     "SHA224",   "SHA256",   "SHA384",
      "SHA512", "SHA2-224", "SHA2-256", "SHA2-384", "SHA2-512"};
  return std::ranges::find(kNames, algorithm) != std::end(kNames);
}

struct Line {
  std::string_view name;
  std::string_view hex;
};

bool may_be_name(std::string_view name) {
  return name.size() <= kLongestName && std::ranges::none_of(name, [](char c) {
           return (c >= 0 && c < 0x20) || c == 0x7f;
         });
}

std::optional<Line> bsd_line(std::string_view line) {
  const std::size_t open = line.find('(');
  const std::size_t close = line.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos ||
      close <= open || !is_known(trimmed(line.substr(0, open)))) {
    return std::nullopt;
  }
  const std::string_view rest = trimmed(line.substr(close + 1));
  if (!rest.starts_with('=')) return std::nullopt;
  return Line{line.substr(open + 1, close - open - 1), trimmed(rest.substr(1))};
}

std::optional<Line> gnu_line(std::string_view line) {
  const std::size_t space = line.find_first_of(" \t");
  if (space == std::string_view::npos) return Line{"", line};
  std::string_view name = trimmed(line.substr(space));
  if (name.starts_with('*')) name.remove_prefix(1);
  if (name.empty()) return std::nullopt;
  return Line{name, line.substr(0, space)};
}

// The part that was signed in clear text, or all of a text that was not.
std::string_view signed_part(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN PGP SIGNED MESSAGE-----";
  constexpr std::string_view kEnd = "\n-----BEGIN PGP SIGNATURE-----";
  const std::size_t begin = text.find(kBegin);
  if (begin == std::string_view::npos) return text;
  text.remove_prefix(begin + kBegin.size());
  return text.substr(0, text.find(kEnd));
}

// Calls `each` with every line that has a hash.
template <typename Each>
void for_each_line(std::string_view text, Each each) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    // As RFC 4880 escapes a dash that begins a line.
    if (line.starts_with("- ")) line.remove_prefix(2);
    line = trimmed(line);
    auto found = bsd_line(line);
    if (!found) found = gnu_line(line);
    if (!found || !may_be_name(found->name)) continue;
    while (found->name.starts_with("./")) found->name.remove_prefix(2);
    if (const auto strength = strength_of(found->hex)) each(*found, *strength);
  }
}

// The strongest of those of which `names` is true; nullopt: there is none.
template <typename Names>
std::optional<Checksum> strongest(const std::vector<Checksum>& entries,
                                  Names names) {
  std::optional<Checksum> best;
  for (const Checksum& entry : entries) {
    if (!names(std::string_view(entry.name))) continue;
    if (best && best->algorithm == entry.algorithm && best->hex != entry.hex) {
      throw Error(Errc::invalid, "the checksum file has two different " +
                                     std::string(name_of(entry.algorithm)) +
                                     " of " + entry.name);
    }
    if (!best || best->algorithm < entry.algorithm) best = entry;
  }
  return best;
}

}  // namespace

Checksums Checksums::parse(std::string_view text) {
  if (text.size() > kLongest) {
    throw Error(Errc::too_large,
                "the checksum file is longer than 1 MiB; "
                "this is hardly one");
  }
  Checksums result;
  for_each_line(signed_part(text), [&](const Line& line, Strength strength) {
    if (strength.weak) {
      result.weak_.emplace_back(line.name);
    } else {
      result.entries_.push_back(
          {std::string(line.name), strength.algorithm, lower(line.hex)});
    }
  });
  if (result.entries_.empty() && result.weak_.empty()) {
    throw Error(Errc::invalid,
                "the checksum file has no line \"HEX  name\" "
                "nor \"SHA256 (name) = HEX\"");
  }
  return result;
}

std::optional<Checksum> Checksums::find(std::string_view name) const {
  const auto is_it = [&](std::string_view entry) { return entry == name; };
  const auto ends_with_it = [&](std::string_view entry) {
    return last_part(entry) == name;
  };
  auto found = strongest(entries_, is_it);
  if (!found) found = strongest(entries_, ends_with_it);
  const bool alone = entries_.size() + weak_.size() == 1;
  if (!found && alone && !entries_.empty() && entries_.front().name.empty()) {
    found = entries_.front();
  }
  const bool lone_weak = alone && weak_.size() == 1 && weak_.front().empty();
  if (!found && (lone_weak || std::ranges::any_of(weak_, ends_with_it))) {
    throw Error(Errc::unsupported,
                "the checksum file has only an MD5 or SHA-1 of " +
                    std::string(name) +
                    ", for which another file can be made; give its SHA-256 "
                    "or SHA-512");
  }
  return found;
}

}  // namespace platter::transfer
