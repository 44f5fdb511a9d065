// src/format/vmdk_view.h
//
// A guest as a VMDK file: one sparse extent with grains of 64 KiB.
#pragma once

#include "platter/block/cluster_map.h"
#include "vmdk_descriptor.h"
#include "vmdk_layout.h"

namespace platter::format::vmdk {

// Both views: grains, and what lies before the tables.
inline constexpr std::uint64_t kViewGrain = 64 * kKiB;
inline constexpr std::uint64_t kGrainSectors = kViewGrain / kSectorSize;
inline constexpr std::uint64_t kDescriptorSector = 1;
inline constexpr std::uint64_t kDescriptorSectors = 20;
inline constexpr std::uint64_t kLargestView = 64 * kTiB;
// Tables count sectors in 32 bits.
inline constexpr std::uint64_t kMaxSectors = std::uint64_t{1} << 32;

// Whether the data of a guest of up to kLargestView can be counted in
// sectors: up to almost 2 TiB of it.
bool has_room_for(const block::ByteSource& guest);

// REQUIRES: 0 < guest->size() <= kLargestView, a multiple of 512, and
// has_room_for(*guest).
block::SourcePtr make_view(block::SourcePtr guest, const Identity& identity);

// The descriptor's sectors, for a guest of `size` bytes.
Bytes descriptor_sectors(Description description, std::uint64_t size,
                         const Identity& identity);

}  // namespace platter::format::vmdk
