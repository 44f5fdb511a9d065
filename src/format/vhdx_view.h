// src/format/vhdx_view.h
//
// A guest as a VHDX file: dynamic, with nothing to replay.
#pragma once

#include "platter/format/format.h"

namespace platter::format::vhdx {

// REQUIRES: 0 < guest->size() <= kLargestDisk, a multiple of 512.
block::SourcePtr make_view(block::SourcePtr guest, const Identity& identity);

}  // namespace platter::format::vhdx
