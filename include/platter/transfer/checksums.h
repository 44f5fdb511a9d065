// include/platter/transfer/checksums.h
//
// The checksum files that publishers put beside images: SHA256SUMS, CHECKSUM,
// disk.qcow2.sha512 and their like. Pure; may be called from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platter/base/bytes.h"
#include "platter/base/digest.h"

namespace platter::transfer {

struct Checksum {
  std::string name;  // as it was written, without "./"; of a lone one empty
  HashAlgorithm algorithm = HashAlgorithm::sha256;
  std::string hex;  // lower case

  bool operator==(const Checksum&) const = default;
};

class Checksums {
 public:
  // Longer files are refused.
  static constexpr std::size_t kLongest = kMiB;

  // Reads "HEX  name" and "HEX *name" (GNU), "SHA256 (name) = HEX" (BSD), and a
  // HEX that stands alone. Other lines are passed over, as is the frame of a
  // file that was signed in clear text: its signature is NOT verified, so the
  // file is as trustworthy as the way that it came. Throws Errc::too_large,
  // and Errc::invalid when there is no checksum in it.
  static Checksums parse(std::string_view text);

  // SHA-224 to SHA-512, in the file's order.
  const std::vector<Checksum>& entries() const noexcept { return entries_; }

  // The strongest of the file `name`: of the entry of that name, else of
  // the one whose path ends with it, else a lone one. nullopt: there is none.
  // Throws Errc::unsupported when it has only an MD5 or SHA-1, for which other
  // files can be made, and Errc::invalid when it has two that differ.
  std::optional<Checksum> find(std::string_view name) const;

 private:
  std::vector<Checksum> entries_;
  std::vector<std::string> weak_;  // names with an MD5 or SHA-1
};

}  // namespace platter::transfer
