// src/ingest/store_original.h
//
// What is kept of an uploaded file beside its guest, and what is known of the
// files that the guest can be shown as.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "platter/base/workers.h"
#include "platter/format/format.h"
#include "platter/image/disk_map.h"
#include "platter/image/original.h"
#include "platter/store/store.h"

namespace platter::ingest {

// Stores the file as a recipe: at the placements it is guest bytes, and the
// rest is its literal. Not yet durable. REQUIRES: the placements rise in the
// file.
image::Original store_original(store::Store& store, Workers& workers,
                               block::SourcePtr file,
                               std::vector<format::Placement> placements);

// The sizes of all views that are shown of a guest that was sent as a file of
// `sent`, by their names.
std::map<std::string, std::uint64_t> view_sizes(
    format::Format sent, const block::SourcePtr& guest,
    const format::Identity& identity);

}  // namespace platter::ingest
