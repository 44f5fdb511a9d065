// src/archive/unpack.h
#pragma once

#include "platter/archive/archive.h"

namespace platter::archive {

// The content of a compressed file; see unwrap(). REQUIRES: not an OVA.
block::SourcePtr unpack(Wrapper wrapper, Arriving& file, const Path& folder,
                        const Limits& limits);

}  // namespace platter::archive
