// src/format/inflate.cpp
#include "inflate.h"

#include <libdeflate.h>
#include <zstd.h>

#include <memory>
#include <new>

#include "platter/base/integers.h"

namespace platter::format {

namespace {

// One a thread: making one costs more than a small block.
libdeflate_decompressor* decompressor() {
  thread_local const std::unique_ptr<libdeflate_decompressor,
                                     decltype(&libdeflate_free_decompressor)>
      mine(libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (mine == nullptr) throw std::bad_alloc();
  return mine.get();
}

ZSTD_DCtx* zstd_context() {
  thread_local const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> mine(
      ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (mine == nullptr) throw std::bad_alloc();
  return mine.get();
}

// zstd's own format and what may be skipped; the library would also try its
// formats of before 1.0.
bool begins_frame(ByteView in) {
  if (in.size() < 4) return false;
  const auto magic = load_le<std::uint32_t>(in);
  return magic == ZSTD_MAGICNUMBER ||
         (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

}  // namespace

bool inflate(ByteView in, MutableBytes out) {
  std::size_t used = 0;
  std::size_t filled = 0;
  const libdeflate_result result =
      libdeflate_deflate_decompress_ex(decompressor(), in.data(), in.size(),
                                       out.data(), out.size(), &used, &filled);
  return result == LIBDEFLATE_SUCCESS && filled == out.size();
}

std::optional<std::size_t> inflate_zlib(ByteView in, MutableBytes out) {
  std::size_t used = 0;
  std::size_t filled = 0;
  const libdeflate_result result =
      libdeflate_zlib_decompress_ex(decompressor(), in.data(), in.size(),
                                    out.data(), out.size(), &used, &filled);
  if (result != LIBDEFLATE_SUCCESS) return std::nullopt;
  return filled;
}

// Frame by frame, not as a stream: a stream's window is as large as its
// header says, up to 128 MiB.
bool unzstd(ByteView in, MutableBytes out) {
  while (!out.empty()) {
    if (!begins_frame(in)) return false;
    const std::size_t frame =
        ZSTD_findFrameCompressedSize(in.data(), in.size());
    if (ZSTD_isError(frame)) return false;
    const std::size_t filled = ZSTD_decompressDCtx(
        zstd_context(), out.data(), out.size(), in.data(), frame);
    if (ZSTD_isError(filled)) return false;
    in = in.subspan(frame);
    out = out.subspan(filled);
  }
  return true;
}

}  // namespace platter::format
