// src/capture/nbd.h
//
// The numbers of the NBD protocol, doc/proto.md of nbd, and its integers, which
// are big endian.
#pragma once

#include <cstdint>

#include "platter/base/bytes.h"

namespace platter::capture::nbd {

inline constexpr std::uint64_t kMagic = 0x4e42444d41474943;        // NBDMAGIC
inline constexpr std::uint64_t kOptionMagic = 0x49484156454f5054;  // IHAVEOPT
inline constexpr std::uint64_t kOptionReplyMagic = 0x3e889045565a9;
inline constexpr std::uint32_t kRequestMagic = 0x25609513;
inline constexpr std::uint32_t kReplyMagic = 0x67446698;

// Of the handshake.
inline constexpr std::uint16_t kFixedNewstyle = 1;
inline constexpr std::uint16_t kNoZeroes = 2;
// Of the transmission: flags are told, flush and write-zeroes are known.
inline constexpr std::uint16_t kFlags = 1 | 1 << 2 | 1 << 6;

enum Option : std::uint32_t { export_name = 1, abort = 2, info = 6, go = 7 };
enum OptionReply : std::uint32_t {
  acknowledge = 1,
  information = 3,
  unsupported = 0x80000001
};
inline constexpr std::uint16_t kInfoExport = 0;
inline constexpr std::uint16_t kInfoBlockSize = 3;

enum Command : std::uint16_t {
  read = 0,
  write = 1,
  disconnect = 2,
  flush = 3,
  write_zeroes = 6
};
enum Problem : std::uint32_t { none = 0, io = 5, invalid = 22 };

// The longest option, and the longest read or write, in bytes.
inline constexpr std::uint32_t kMaxOption = 64 * kKiB;
inline constexpr std::uint32_t kMaxPayload = 32 * kMiB;

struct Request {
  static constexpr std::size_t kSize = 28;

  std::uint16_t command = 0;
  std::uint64_t cookie = 0;
  std::uint64_t offset = 0;  // bytes
  std::uint32_t length = 0;  // bytes
};

}  // namespace platter::capture::nbd
