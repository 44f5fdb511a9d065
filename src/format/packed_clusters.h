// src/format/packed_clusters.h
//
// The used clusters of a disk one after another, without its holes: the part
// of a sparse view that holds the guest's data.
#pragma once

#include <memory>

#include "platter/block/cluster_map.h"

namespace platter::format {

// Cluster k of the result is the guest's cluster map.select(k); where the
// guest ends inside its last cluster, zeros follow. REQUIRES: `map` was made
// of `guest`.
block::SourcePtr packed_clusters(block::SourcePtr guest,
                                 std::shared_ptr<const block::ClusterMap> map);

}  // namespace platter::format
