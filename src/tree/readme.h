// src/tree/readme.h
//
// The files of the mount itself: what README says, what info/ shows.
#pragma once

#include <string>
#include <string_view>

#include "platter/service/journal.h"

namespace platter::tree {

inline constexpr std::string_view kReadme =
    R"(This is Platter, an image service. Every folder of images/ is an image.

  upload      cp debian.qcow2 images/            (or .raw.xz, .vmdk, .ova, ...)
  download    cp images/debian/disk.raw .        (any format that is listed)
  look        ls -l images/debian ; getfattr -d images/debian
  describe    setfattr -n user.os_distro -v debian images/debian
  rename      mv images/debian images/debian-12
  remove      rm -r images/debian                (goes to trash/)
  restore     mv trash/debian images/
  for good    rm -r trash/debian

Why something was refused: tail info/errors, or: platter why PATH
)";

// One line for each refusal, the newest last.
std::string errors_text(const service::Journal& journal);

}  // namespace platter::tree
