// src/archive/manifest.h
//
// The digests that an OVA's manifest (.mf) gives of its other files.
#pragma once

#include "platter/block/source.h"
#include "tar.h"

namespace platter::archive {

// Holds every file that `manifest` lists against its digest. Throws
// Errc::corrupt for a line that is none and for a file that is not there,
// Errc::mismatch for one that is another.
void check_manifest(const block::SourcePtr& file,
                    const std::vector<Member>& members, const Member& manifest);

}  // namespace platter::archive
