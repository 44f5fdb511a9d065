// tests/fuzz/packed_file.h
//
// A disk file of megabytes in some kilobytes, so that a fuzzer can change it:
// its size (4 bytes), and for each page that is not all zeros its number (2
// bytes), a length (2) and so many bytes, from the page's start. All numbers
// are little endian. make-hyperv-corpus writes it.
#pragma once

#include "support/sparse_file.h"

namespace platter::test {

// Any bytes are a packed file: the size is cut to 16 MiB, a record to what is
// there.
inline SparseFile unpacked(ByteView packed) {
  constexpr std::uint64_t kLargest = 16 * kMiB;
  if (packed.size() < 4) return SparseFile();
  const std::uint64_t size =
      std::min<std::uint64_t>(load_le<std::uint32_t>(packed), kLargest);
  SparseFile file(size);
  packed = packed.subspan(4);
  while (packed.size() > 4) {
    const std::uint64_t offset = load_le<std::uint16_t>(packed) * kPageSize;
    const std::uint64_t length = std::min<std::uint64_t>(
        {load_le<std::uint16_t>(packed, 2), packed.size() - 4, kPageSize});
    if (offset < size) {
      file.write(offset, packed.subspan(4, std::min(length, size - offset)));
    }
    packed = packed.subspan(4 + length);
  }
  return file;
}

}  // namespace platter::test
