// src/tree/readme.h
//
// What README says.
#pragma once

#include <string_view>

namespace platter::tree {

inline constexpr std::string_view kReadme =
    R"(This is Platter, an image service. Every folder of images/ is an image.

  upload      cp debian.qcow2 images/            (or .raw.xz, .vmdk, .ova, ...)
  download    cp images/debian/disk.raw .        (any format that is listed)
  look        ls -l images/debian ; getfattr -d images/debian
  describe    setfattr -n user.os_distro -v debian images/debian
  rename      mv images/debian images/debian-12
  point       ln -sfn debian-12 images/stable    (a name for another name)
  remove      rm -r images/debian                (goes to trash/)
  restore     mv trash/debian images/
  for good    rm -r trash/debian

  use         ls catalog/public catalog/by-os    (what others publish)
  share       setfattr -n user.visibility -v shared images/debian
              setfattr -n user.member.web -v pending images/debian
  accept      mv catalog/offered/debian@ops catalog/shared/
  decline     rmdir catalog/offered/debian@ops

Why something was refused: tail info/errors, or: platter why PATH
)";

}  // namespace platter::tree
