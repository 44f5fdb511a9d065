// src/archive/sparse_writer.h
//
// Takes a file's bytes in their order, writes the pages that are not zeros,
// and counts what that costs before it writes them.
#pragma once

#include "platter/archive/archive.h"

namespace platter::archive {

// For one thread.
class SparseWriter {
 public:
  SparseWriter(File file, Wrapper wrapper, const Limits& limits)
      : file_(std::move(file)), wrapper_(wrapper), limits_(limits) {}

  // The next bytes: whole pages, but for the file's last. `packed`: bytes of
  // the compressed file that have been read for all that came so far. Throws
  // Errc::too_large past a limit, Errc::no_space.
  void add(ByteView pages, std::uint64_t packed);

  // All of it.
  block::SourcePtr finish() &&;

 private:
  void write(ByteView run);
  void check_limits(std::uint64_t packed) const;

  File file_;
  Wrapper wrapper_;
  Limits limits_;
  std::uint64_t size_ = 0;   // bytes added
  std::uint64_t zeros_ = 0;  // of them, in pages of zeros
};

}  // namespace platter::archive
