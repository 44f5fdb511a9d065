// src/format/crc32c.cpp: CRC-32C, eight bytes at a step.
#include "crc32c.h"

#include <array>

#include "platter/base/integers.h"

namespace platter::format {

namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // with bit 0 the highest

// Table k gives what a byte does to the remainder with k more bytes after it.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) {
      rest = rest >> 1 ^ ((rest & 1) != 0 ? kPolynomial : 0);
    }
    tables[0][byte] = rest;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

}  // namespace

std::uint32_t crc32c(ByteView bytes, std::uint32_t crc) noexcept {
  crc = ~crc;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    const std::uint64_t word = load_le<std::uint64_t>(bytes) ^ crc;
    crc = 0;
    for (std::size_t at = 0; at < 8; ++at) {
      crc ^= kTables[7 - at][word >> (8 * at) & 0xff];
    }
  }
  for (const std::byte byte : bytes) {
    crc = crc >> 8 ^ kTables[0][(crc ^ std::to_integer<unsigned>(byte)) & 0xff];
  }
  return ~crc;
}

}  // namespace platter::format
