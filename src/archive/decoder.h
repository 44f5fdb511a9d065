// src/archive/decoder.h
//
// One compression's way back, fed in pieces. Each stands over its own library:
// libarchive's filters do not compare the checksum of a gzip file, and take
// what follows a file's end for nothing.
#pragma once

#include <memory>

#include "platter/base/bytes.h"

namespace platter::archive {

// What a decoder may take for its window; what the tools of xz and zstd write
// without being told otherwise needs at most 128 MiB.
inline constexpr std::uint64_t kDecoderMemory = 256 * kMiB;

// For one thread.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Decodes what it can of `in` into `out` and moves both past what was used.
  // `last`: nothing follows `in`. True when all that was given so far is
  // whole: if anything follows, it begins another member. Throws Errc::corrupt
  // for what cannot be decoded or fails its check, Errc::unsupported for what
  // would take too much memory.
  virtual bool decode(ByteView& in, MutableBytes& out, bool last) = 0;
};

std::unique_ptr<Decoder> gzip_decoder();
std::unique_ptr<Decoder> xz_decoder();
std::unique_ptr<Decoder> zstd_decoder();
std::unique_ptr<Decoder> bzip2_decoder();

}  // namespace platter::archive
