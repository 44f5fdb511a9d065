// include/platter/image/content.h
//
// An image's data, opened.
#pragma once

#include "platter/block/source.h"
#include "platter/image/record.h"
#include "platter/store/store.h"

namespace platter::image {

// The disk a machine sees; nullptr when there is none, or none that can be
// read. `store` must outlive it.
block::SourcePtr guest_of(store::Store& store, const Record& record);

// The uploaded file; nullptr when there is none. `store` must outlive it.
block::SourcePtr original_of(store::Store& store, const Record& record);

// One of its further files. `store` must outlive it.
block::SourcePtr part_of(store::Store& store, const Record& record,
                         const Part& part);

}  // namespace platter::image
