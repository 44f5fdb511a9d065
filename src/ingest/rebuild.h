// src/ingest/rebuild.h
//
// keep_original = "rebuild": in place of an upload whose disk is compressed,
// the same disk as a new file of the same format is kept, which costs nothing
// beside the guest. It is another file than the one that was sent.
#pragma once

#include <vector>

#include "platter/format/format.h"

namespace platter::ingest {

// Bytes of `file`, without its holes, that no placement names: headers,
// tables, and what is compressed.
std::uint64_t bytes_besides(const block::ByteSource& file,
                            const std::vector<format::Placement>& placements);

// Whether so many bytes beside a guest are worth another file: more than a
// mebibyte, and than a hundredth of the guest's data.
bool is_costly(std::uint64_t bytes, const block::ByteSource& guest);

// The guest as a file of `format`. Null when none of that format can be made
// of it.
block::SourcePtr rebuilt(format::Format format, block::SourcePtr guest,
                         const format::Identity& identity);

}  // namespace platter::ingest
