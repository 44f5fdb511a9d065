// src/format/vhd_view.h
//
// A guest as a VHD file: dynamic with blocks of 2 MiB, or fixed.
#pragma once

#include "platter/format/format.h"

namespace platter::format::vhd {

// Each REQUIRES: 0 < guest->size() <= kLargestDisk, a multiple of 512.
block::SourcePtr make_dynamic_view(block::SourcePtr guest,
                                   const Identity& identity);
block::SourcePtr make_fixed_view(block::SourcePtr guest,
                                 const Identity& identity);

}  // namespace platter::format::vhd
