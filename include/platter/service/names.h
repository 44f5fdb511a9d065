// include/platter/service/names.h
//
// What a name may be, and what it says: an image, a disk file, or a file that
// a tool keeps only while it works.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace platter::service {

// Throws Errc::invalid, saying what is wrong and what is allowed, unless
// `name` can be an image's.
void check_image_name(std::string_view name);

// "debian" of "debian.qcow2", "debian.raw.xz", "debian.gz" or "debian.ova", in
// any letter case; nullopt when the name does
// not end like a disk file.
std::optional<std::string> disk_file_stem(std::string_view name);

// Whether tools name a part of a disk in several VMDK files so, in any letter
// case: "disk-flat.vmdk", "disk-f001.vmdk", "disk-s001.vmdk".
bool is_part_name(std::string_view name);

// Whether tools use such a name for a file that they rename or remove before
// they are done: ".disk.raw.Xa81bq", "disk.raw.part", "disk.raw~".
bool is_scratch_name(std::string_view name);

}  // namespace platter::service
