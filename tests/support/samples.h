// tests/support/samples.h
//
// Chunks to store: compressible like text, or not at all.
#pragma once

#include <string>

#include "support/disks.h"

namespace platter::test {

// Words from a small seeded vocabulary; zstd makes it a good deal shorter.
inline Bytes wordy_bytes(std::uint64_t size, std::uint64_t seed) {
  Random random(seed);
  std::string text;
  while (text.size() < size) {
    text += "word" + std::to_string(random.below(500)) + ' ';
  }
  text.resize(size);
  return to_bytes(text);
}

}  // namespace platter::test
