// src/image/file_leaf.h
//
// The leaf of a file map: which runs of an uploaded file are guest bytes.
#pragma once

#include "leaf.h"
#include "platter/base/integers.h"
#include "platter/image/original.h"

namespace platter::image {

struct FileLeafCodec {
  using Entry = FileRun;
  static constexpr const NodeKind& kKind = kFileLeaf;
  static constexpr std::uint64_t kSpan = kLeafSpan;

  static Entry decode(ByteView bytes) {
    return {load_le<std::uint32_t>(bytes, 0), load_le<std::uint32_t>(bytes, 4),
            static_cast<std::int64_t>(load_le<std::uint64_t>(bytes, 8))};
  }
  static void encode(const Entry& run, MutableBytes out) {
    store_le<std::uint32_t>(out, 0, run.offset);
    store_le<std::uint32_t>(out, 4, run.length);
    store_le(out, 8, static_cast<std::uint64_t>(run.shift));
  }
  static std::uint64_t begin(const Entry& run) { return run.offset; }
  static std::uint64_t end(const Entry& run) {
    return std::uint64_t{run.offset} + run.length;
  }
  // Where in the guest it lies is checked by who knows the guest.
  static bool plausible(const Entry& run) { return run.length > 0; }
};

using FileLeaf = Leaf<FileLeafCodec>;

}  // namespace platter::image
