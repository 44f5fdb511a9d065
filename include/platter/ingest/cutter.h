// include/platter/ingest/cutter.h
//
// Where a run of pages is cut into chunks. Cutting goes by what the pages
// hold, not by where they lie, so the same file is found again on another
// disk, at another place. Why these numbers: docs/decisions/cutting.md.
#pragma once

#include "platter/base/bytes.h"

namespace platter::ingest {

inline constexpr std::size_t kMinChunk = 32 * kKiB;
inline constexpr std::size_t kMaxChunk = 128 * kKiB;
// A chunk of at least kMinChunk ends after a page whose hash is a multiple of
// this: one page in eight.
inline constexpr std::uint64_t kCutModulus = 8;

// The length of the first chunk of `run`, a run of pages none of which is all
// zeros (the last page may be short, at a disk's end). Complete runs of up to
// kMaxChunk must be given: fewer bytes only where the run itself ends.
// REQUIRES: not empty.
std::size_t first_cut(ByteView run);

}  // namespace platter::ingest
