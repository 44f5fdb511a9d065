// src/format/vdi_view.h
//
// A guest as a dynamic VDI file with blocks of 1 MiB.
#pragma once

#include "vdi_layout.h"

namespace platter::format::vdi {

inline constexpr std::uint64_t kViewBlock = kMiB;

// The largest disk whose map qemu takes: almost 512 TiB.
inline constexpr std::uint64_t kLargestView = kMaxBlocks * kViewBlock;

// REQUIRES: 0 < guest->size() <= kLargestView, a multiple of 512.
block::SourcePtr make_view(block::SourcePtr guest, const Identity& identity);

}  // namespace platter::format::vdi
