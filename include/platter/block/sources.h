// include/platter/block/sources.h
//
// The plain ByteSources: bytes in memory, a file of the host, zeros, a slice
// of another source.
#pragma once

#include "platter/base/file.h"
#include "platter/block/source.h"

namespace platter::block {

// Owns its bytes. Its extents are all data.
SourcePtr memory_source(Bytes bytes);

// Reads `file`; holes of the file are zero extents. The file must not change
// while the source lives.
SourcePtr file_source(std::shared_ptr<const File> file);

// `size` bytes of zeros.
SourcePtr zero_source(std::uint64_t size);

// [offset, offset + length) of `whole`, from 0. REQUIRES: it lies within.
SourcePtr slice(SourcePtr whole, std::uint64_t offset, std::uint64_t length);

// `whole` followed by zeros up to `size`. REQUIRES: size >= whole->size().
SourcePtr padded(SourcePtr whole, std::uint64_t size);

}  // namespace platter::block
