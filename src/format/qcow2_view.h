// src/format/qcow2_view.h
//
// A guest as a qcow2 file: version 3, clusters of 64 KiB, nothing compressed.
#pragma once

#include "platter/block/source.h"

namespace platter::format::qcow2 {

// The largest disk that the L1 table can describe: 2 PiB.
inline constexpr std::uint64_t kLargestView = 2048 * kTiB;

// REQUIRES: 0 < guest->size() <= kLargestView, a multiple of 512.
block::SourcePtr make_view(block::SourcePtr guest);

}  // namespace platter::format::qcow2
