// src/format/whole_file.h
//
// The guest of a file that is the disk itself.
#pragma once

#include "platter/format/format.h"

namespace platter::format {

// `file`, but for zeros that fill its last sector. REQUIRES: it is not empty.
std::shared_ptr<const Guest> whole_file(block::SourcePtr file);

}  // namespace platter::format
