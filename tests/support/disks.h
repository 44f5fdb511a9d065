// tests/support/disks.h
//
// Seeded bytes: the same on every run, so that a failure can be repeated.
#pragma once

#include <cstdint>
#include <cstring>

#include "platter/base/bytes.h"

namespace platter::test {

// splitmix64: enough for test data.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0 to limit - 1. REQUIRES: limit > 0.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }

 private:
  std::uint64_t state_;
};

inline Bytes random_bytes(std::uint64_t size, std::uint64_t seed) {
  Random random(seed);
  Bytes bytes(size);
  for (std::uint64_t at = 0; at < size; at += 8) {
    const std::uint64_t value = random.next();
    std::memcpy(bytes.data() + at, &value,
                std::min<std::uint64_t>(8, size - at));
  }
  return bytes;
}

// A disk of `size` bytes where about `data_percent` of the 4 KiB pages hold
// random bytes, in runs of 1 to 32 pages, and the rest are zeros.
inline Bytes random_disk(std::uint64_t size, std::uint64_t seed,
                         unsigned data_percent = 40) {
  Random random(seed);
  Bytes disk(size);
  std::uint64_t at = 0;
  while (at < size) {
    const std::uint64_t run =
        std::min(size - at, (1 + random.below(32)) * kPageSize);
    if (random.below(100) < data_percent) {
      const Bytes bytes = random_bytes(run, random.next());
      std::memcpy(disk.data() + at, bytes.data(), run);
    }
    at += run;
  }
  return disk;
}

// ... whose bytes have only two bits each, so that clusters of any size become
// smaller when they are compressed. REQUIRES: size is a multiple of 8.
inline Bytes compressible_disk(std::uint64_t size, std::uint64_t seed,
                               unsigned data_percent = 40) {
  Bytes disk = random_disk(size, seed, data_percent);
  for (std::uint64_t at = 0; at < size; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, disk.data() + at, 8);
    word &= 0x0303'0303'0303'0303;
    std::memcpy(disk.data() + at, &word, 8);
  }
  return disk;
}

}  // namespace platter::test
