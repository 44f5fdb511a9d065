// src/format/vmdk_descriptor.h
//
// The text inside a VMDK that says what the disk consists of. It can name
// other files, so nothing is taken that is not known to be harmless.
#pragma once

#include <string>

#include "guid.h"

namespace platter::format::vmdk {

// The one extent of a disk that lies in one file. Throws Errc::invalid when
// the text names other files, Errc::unsupported for lines and values that are
// not known and for encryption (see vmdk_keys.h), Errc::corrupt when it is no
// descriptor.
struct Extent {
  std::uint64_t sectors = 0;

  // `text` may be followed by 0 bytes.
  static Extent of_descriptor(std::string_view text);
};

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
