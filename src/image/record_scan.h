// src/image/record_scan.h
//
// Going through all records that can be read, for what is worked out of them:
// one that is damaged must not take the others with it.
#pragma once

#include <functional>

#include "platter/image/record.h"
#include "platter/index/index.h"

namespace platter::image {

// In the order of their numbers. What cannot be read is logged and passed
// over.
void scan_records(const index::Index& index,
                  const std::function<void(const Record&)>& visit);

// Builds the key spaces `ids` and `shown` of a store that has them not yet.
// Cut off, it begins again at the next call.
void settle_sections(index::Index& index);

}  // namespace platter::image
