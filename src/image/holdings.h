// src/image/holdings.h
//
// When a holding begins and ends, and its bytes in KeySpace::usage.
#pragma once

#include <optional>
#include <string>

#include "platter/image/ledger.h"

namespace platter::image {

// What is held now, by that record.
std::optional<Holding> holding_of(const Record& record);

// Record::held_since of `after`, which took the place of `before` (nullptr: it
// is new) when its updated_at says.
Timestamp held_since(const Record* before, const Record& after);

// The holding that ended with that change, which was made at `now`. nullopt:
// none did. `after` nullptr: the image was purged.
std::optional<Holding> ended_holding(const Record& before, const Record* after,
                                     Timestamp now);

// Sorted by project and end, so that what ended long ago is passed over.
// REQUIRES: the project holds no 0 byte.
std::string holding_key(const Holding& holding);
// What the keys begin with of holdings of the project that ended, and the last
// key of those that ended at `time` or before.
std::string holdings_prefix(std::string_view project);
std::string holdings_until(std::string_view project, Timestamp time);

std::string encode_holding(const Holding& holding);
// Throws Errc::damaged.
Holding decode_holding(std::string_view value);

}  // namespace platter::image
