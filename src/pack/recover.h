// src/pack/recover.h: the frames of a pack that has no whole trailer.
#pragma once

#include "layout.h"

namespace platter::pack {

// The slots of the whole frames found by reading through `file`, as
// docs/format/pack.md says. Throws Errc::io.
std::vector<Place> recover_places(const PackFile& file, PackId id,
                                  std::uint64_t salt);

}  // namespace platter::pack
