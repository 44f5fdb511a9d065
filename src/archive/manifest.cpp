// src/archive/manifest.cpp: lines like "SHA256(disk1.vmdk)= 0123...".
#include "manifest.h"

#include <algorithm>
#include <set>

#include "platter/base/digest.h"
#include "refusal.h"

namespace platter::archive {

namespace {

constexpr std::uint64_t kLongest = kMiB;
constexpr std::size_t kBuffer = 256 * kKiB;

struct Line {
  HashAlgorithm algorithm;
  std::string name;
  std::string digest;  // lower-case hex
};

// The names that exporters write; the third is what newer OpenSSL prints.
std::optional<HashAlgorithm> algorithm_of(std::string_view name) {
  if (name == "SHA1") return HashAlgorithm::sha1;
  if (name == "SHA256" || name == "SHA2-256") return HashAlgorithm::sha256;
  if (name == "SHA512" || name == "SHA2-512") return HashAlgorithm::sha512;
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

// nullopt for what is no line of a manifest.
std::optional<Line> parse(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == text.npos || close == text.npos || close < open) return {};
  const std::string_view rest = trimmed(text.substr(close + 1));
  const auto algorithm = algorithm_of(trimmed(text.substr(0, open)));
  if (!algorithm || !rest.starts_with('=')) return {};
  const auto digest = from_hex(trimmed(rest.substr(1)));
  if (!digest) return {};
  return Line{*algorithm, std::string(text.substr(open + 1, close - open - 1)),
              to_hex(*digest)};
}

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view one = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty()) continue;
    const auto line = parse(one);
    if (!line) {
      refuse(Errc::corrupt,
             "ova: the manifest has the line {}; lines like "
             "SHA256(disk.vmdk)= 0123... are read",
             shown(one));
    }
    lines.push_back(*line);
  }
  return lines;
}

std::string digest_of(const block::ByteSource& source,
                      HashAlgorithm algorithm) {
  Hasher hasher(algorithm);
  Bytes buffer(kBuffer);
  for (std::uint64_t at = 0; at < source.size();) {
    const auto part = MutableBytes(buffer).first(
        std::min<std::uint64_t>(kBuffer, source.size() - at));
    source.read(at, part);
    hasher.update(part);
    at += part.size();
  }
  return hasher.finish();
}

}  // namespace

void check_manifest(const block::SourcePtr& file,
                    const std::vector<Member>& members,
                    const Member& manifest) {
  const Bytes text = bytes_of(file, manifest, kLongest);
  std::set<std::string> seen;
  for (const Line& line : lines_of(as_text(text))) {
    const auto member = std::ranges::find(members, line.name, &Member::name);
    if (member == members.end() || !seen.insert(line.name).second) {
      refuse(Errc::corrupt, "ova: the manifest lists {} {}", shown(line.name),
             member == members.end() ? "which is not in the archive" : "twice");
    }
    const std::string found =
        digest_of(*source_of(file, *member), line.algorithm);
    if (found == line.digest) continue;
    refuse(Errc::mismatch,
           "ova: by the manifest {} has the {} {}, but it has {}. Send the "
           "archive again",
           shown(line.name), name_of(line.algorithm), line.digest, found);
  }
}

}  // namespace platter::archive
