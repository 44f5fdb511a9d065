// src/pack/frame.cpp: zstd, one context a thread.
#include "frame.h"

#include <zstd.h>

#include <algorithm>
#include <memory>
#include <new>

#include "platter/base/integers.h"

namespace platter::pack {

namespace {

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Making a context costs more than a chunk does, so each thread keeps its own.
ZSTD_CCtx& compressor() {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(
      ZSTD_createCCtx());
  if (!context) throw std::bad_alloc();
  return *context;
}

ZSTD_DCtx& decompressor() {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(
      ZSTD_createDCtx());
  if (!context) throw std::bad_alloc();
  return *context;
}

// Compresses into `out` behind the header. 0 when that is not shorter.
std::size_t compress(ByteView plain, Bytes& out, int level) {
  const std::size_t room = out.size() - FrameHeader::kSize;
  const std::size_t length =
      ZSTD_compressCCtx(&compressor(), out.data() + FrameHeader::kSize, room,
                        plain.data(), plain.size(), level);
  return ZSTD_isError(length) || length >= plain.size() ? 0 : length;
}

}  // namespace

Sealed encode_frame(Kind kind, ByteView plain, Hash128 hash, int level) {
  Sealed sealed;
  // With room for the plain bytes alone zstd gives up where it does not help.
  sealed.frame.resize(round_up(FrameHeader::kSize + plain.size(), kAlignment));
  const std::size_t compressed = compress(plain, sealed.frame, level);
  if (compressed == 0) {
    std::ranges::copy(plain, sealed.frame.begin() + FrameHeader::kSize);
  }
  const FrameHeader header{
      .kind = kind,
      .codec = compressed == 0 ? Codec::none : Codec::zstd,
      .plain_length = static_cast<std::uint32_t>(plain.size()),
      .payload_length = static_cast<std::uint32_t>(
          compressed == 0 ? plain.size() : compressed),
      .hash = hash,
  };
  header.encode(sealed.frame);
  const std::uint64_t stored = header.stored_length();
  // zstd may have left bytes where the padding goes.
  std::fill(
      sealed.frame.begin() + static_cast<std::ptrdiff_t>(FrameHeader::kSize +
                                                         header.payload_length),
      sealed.frame.begin() + static_cast<std::ptrdiff_t>(stored), std::byte{0});
  sealed.frame.resize(stored);
  sealed.info = {.kind = kind,
                 .plain_length = header.plain_length,
                 .stored_length = static_cast<std::uint32_t>(stored),
                 .hash = hash};
  return sealed;
}

std::optional<Bytes> decode_payload(const FrameHeader& header,
                                    ByteView payload) {
  Bytes plain;
  if (header.codec == Codec::none) {
    plain = to_bytes(payload);
  } else {
    plain.resize(header.plain_length);
    const std::size_t length =
        ZSTD_decompressDCtx(&decompressor(), plain.data(), plain.size(),
                            payload.data(), payload.size());
    if (ZSTD_isError(length) || length != plain.size()) return std::nullopt;
  }
  if (hash128(plain) != header.hash) return std::nullopt;
  return plain;
}

}  // namespace platter::pack
