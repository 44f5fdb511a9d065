// src/format/placements.h
//
// Brings the placements of a disk file, which its tables list in the order of
// the guest, into the order of the file.
#pragma once

#include <functional>

#include "platter/format/format.h"

namespace platter::format {

using PlacementVisitor = std::function<void(const Placement&)>;
// Calls its visitor for placements in rising guest_offset, none overlapping
// another in the file.
using PlacementWalk = std::function<void(const PlacementVisitor&)>;

// Calls `visit` for what `walk` yields, in rising file_offset, neighbours
// joined. At most 2 * `batch` placements are held at a time: a disk that has
// more is walked again, once for each batch.
void visit_in_file_order(const PlacementWalk& walk,
                         const PlacementVisitor& visit,
                         std::size_t batch = 1'000'000);

}  // namespace platter::format
