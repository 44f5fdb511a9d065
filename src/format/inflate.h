// src/format/inflate.h
//
// Decompression of blocks whose plain size is known, from bytes that are not
// trusted (outside libraries: libdeflate, zstd). Thread-safe; memory does not
// depend on what the bytes claim.
#pragma once

#include <optional>

#include "platter/base/bytes.h"

namespace platter::format {

// Each fills `out` from the beginning of `in`, which may go on after what is
// needed. False when the stream is damaged, ends before `out` is full, or has
// more.

// One raw deflate stream: no zlib header, no checksum.
bool inflate(ByteView in, MutableBytes out);
// One deflate stream with zlib's header and checksum. Answers how much of `out`
// it fills, as the last block of a disk may be short; nullopt for false.
std::optional<std::size_t> inflate_zlib(ByteView in, MutableBytes out);
// zstd frames one after another.
bool unzstd(ByteView in, MutableBytes out);

}  // namespace platter::format
