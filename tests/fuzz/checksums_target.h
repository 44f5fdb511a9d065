// tests/fuzz/checksums_target.h
//
// Any bytes, as a publisher's checksum file. The fuzzer and the replay of its
// corpus share it.
#pragma once

#include <algorithm>

#include "fuzz/law.h"
#include "platter/base/error.h"
#include "platter/transfer/image_source.h"
#include "platter/transfer/url_rules.h"

namespace platter::test {

inline bool is_one_line(std::string_view text) {
  return std::ranges::none_of(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

inline void check_entry(const transfer::Checksums& file,
                        const transfer::Checksum& entry) {
  require(is_one_line(entry.name), "a name has no control characters");
  const auto bytes = from_hex(entry.hex);
  require(bytes && bytes->size() >= 28, "a hash is hex, and no weak one");
  require(entry.algorithm != HashAlgorithm::sha1, "SHA-1 is no entry");
  try {
    const auto found = file.find(entry.name);
    require(found && found->algorithm >= entry.algorithm,
            "an entry is found, or a stronger one");
  } catch (const Error& contradiction) {
    require(contradiction.code() == Errc::invalid,
            "an entry is refused only for another");
  }
}

// Refused by an Error; or all entries are such that they can be used, and the
// newest file is one of the folder.
inline void check_checksums_bytes(ByteView input) {
  try {
    const auto file = transfer::Checksums::parse(as_text(input));
    for (const auto& entry : file.entries()) check_entry(file, entry);
    const transfer::ImageSource source{
        "x", "https://example.org/images/SHA256SUMS", "*a*", {}};
    const auto newest = transfer::newest_file(source, file);
    if (!newest) return;
    const auto url = transfer::check_url({}, newest->url);
    require(url.text == newest->url, "the file's URL is in its one form");
    require(url.path.starts_with("/images/") &&
                url.path.rfind('/') == std::string_view("/images").size(),
            "the file is in the folder");
  } catch (const Error& refused) {
    require(is_one_line(refused.what()), "a sentence is one line");
  }
}

}  // namespace platter::test
