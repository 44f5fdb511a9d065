// include/platter/format/description.h
//
// What a disk file says of itself, for people to read. Nothing is decided by
// it: what can be relied on, open_guest() has checked.
#pragma once

#include <string>
#include <vector>

#include "platter/format/format.h"

namespace platter::format {

struct Description {
  // Which kind of the format: "version 3", "dynamic", "streamOptimized".
  std::string variant;
  // Bytes of the guest, as the header says.
  std::optional<std::uint64_t> virtual_size;
  // What else there is to know, a few words each: "clusters of 64 KiB",
  // "dirty", "2 internal snapshots".
  std::vector<std::string> features;
  // What compresses parts of the disk, if any are compressed: "zstd".
  std::string compression;
  // "LUKS"; empty: none that is known of.
  std::string encryption;
};

// Looks at the headers only, as far as they can be read: what a file that
// would be refused does not tell is left out. Follows no reference. Throws
// only what reading `file` throws.
Description describe(Format format, const block::ByteSource& file);

}  // namespace platter::format
