// src/tree/readme.h
//
// The files of a project's tree: what README says, what info/ shows.
#pragma once

#include <string>
#include <string_view>

#include "context.h"

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

// One line for each refusal, the newest last.
std::string errors_text(const service::Journal& journal,
                        const std::string& project);

// What the project has and may have, as a table of one row.
std::string usage_csv(const Context& context, const std::string& project);

}  // namespace platter::tree
