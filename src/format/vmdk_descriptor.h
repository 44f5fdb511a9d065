// src/format/vmdk_descriptor.h
//
// The text in a VMDK, or beside its extents, that says what the disk consists
// of. It can name other files, so nothing is taken that is not known to be
// harmless.
#pragma once

#include <string>
#include <vector>

#include "guid.h"

namespace platter::format::vmdk {

inline constexpr std::string_view kFirstLine = "# Disk DescriptorFile";
inline constexpr std::uint64_t kMaxDescriptor = kMiB;

// A run of the disk, and where it lies.
struct Extent {
  enum class Type { sparse, flat, zero };

  Type type = Type::zero;
  std::uint64_t sectors = 0;  // never 0
  std::string file_name;      // plain; empty if zero
  std::uint64_t offset = 0;   // sectors, in the file; only if flat
};

// The sectors of a disk that lies in one file, which `text` is from; 0 bytes
// may follow it. Throws Errc::invalid when it names other files,
// Errc::unsupported for lines and values that are not known and for
// encryption (see vmdk_keys.h), Errc::corrupt when it is no descriptor.
std::uint64_t sectors_of_one_file(std::string_view text);

// The extents of a disk that lies in the files that `text` names. Throws as
// above, and Errc::invalid for an extent's name that is a path.
std::vector<Extent> extents_of_several(std::string_view text);

// What make_descriptor() says.
struct Description {
  std::string_view create_type;
  std::string_view access;  // RW, RDONLY
  std::string_view file_name;
  std::uint64_t sectors = 0;
};

std::string make_descriptor(const Description& description,
                            const Identity& identity);

}  // namespace platter::format::vmdk
