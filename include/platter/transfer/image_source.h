// include/platter/transfer/image_source.h
//
// Where a publisher keeps the newest build of an image, and which of the files
// there that is. Pure; may be called from any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "platter/transfer/checksums.h"

namespace platter::transfer {

// One of the well-known images of share/sources/.
struct ImageSource {
  std::string name;       // "debian-12"
  std::string checksums;  // URL of a checksum file; the images are beside it
  // The file's name in it: '*' stands for any characters, "debian-12-*.qcow2".
  std::string file;
  std::map<std::string, std::string>
      properties;  // of the image: os_distro, ...
};

struct NewestFile {
  std::string url;
  Checksum checksum;

  bool operator==(const NewestFile&) const = default;
};

// Throws Errc::invalid, with the source's name in the sentence, unless name,
// URL and file can be used.
void check_source(const ImageSource& source);

// The last in version_order() of the files that `source` may mean, with its
// strongest checksum; nullopt: `found`, which is what is at
// source.checksums, has none. Names that would have to be encoded in a URL are
// passed over. A lone checksum is taken as that of a `file` without '*'.
// Throws as Checksums::find(). REQUIRES: check_source() passes.
std::optional<NewestFile> newest_file(const ImageSource& source,
                                      const Checksums& found);

// Whether `a` comes before `b` when runs of digits count as numbers: "a-9"
// before "a-10", "x-20240101.2" before "x-20240101.11".
bool version_order(std::string_view a, std::string_view b);

}  // namespace platter::transfer
