// src/archive/ova.h
#pragma once

#include "platter/archive/archive.h"

namespace platter::archive {

// The one disk of an OVA, where it lies in `file`; see unwrap().
Unwrapped open_ova(const block::SourcePtr& file);

}  // namespace platter::archive
