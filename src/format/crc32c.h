// src/format/crc32c.h
//
// The checksum of VHDX: CRC-32 with Castagnoli's polynomial (RFC 3720, B.4).
#pragma once

#include "platter/base/bytes.h"

namespace platter::format {

// The CRC-32C of the bytes that `crc` is of, followed by `bytes`. That of no
// bytes is 0.
std::uint32_t crc32c(ByteView bytes, std::uint32_t crc = 0) noexcept;

}  // namespace platter::format
