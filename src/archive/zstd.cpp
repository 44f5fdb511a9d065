// src/archive/zstd.cpp: frames of zstd (RFC 8878), by its library.
#include <zstd.h>
#include <zstd_errors.h>

#include <new>

#include "decoder.h"
#include "refusal.h"

namespace platter::archive {

namespace {

// The largest window, as a power of two: what zstd itself takes unless it is
// told otherwise.
constexpr int kWindowLog = 27;

class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kWindowLog);
  }
  ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;

  bool decode(ByteView& in, MutableBytes& out, bool) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t result = ZSTD_decompressStream(context_, &to, &from);
    in = in.subspan(from.pos);
    out = out.subspan(to.pos);
    if (ZSTD_isError(result)) refuse_frame(result);
    return result == 0;
  }

 private:
  [[noreturn]] static void refuse_frame(std::size_t result) {
    switch (ZSTD_getErrorCode(result)) {
      case ZSTD_error_memory_allocation:
        throw std::bad_alloc();
      case ZSTD_error_frameParameter_windowTooLarge:
        refuse(Errc::unsupported,
               "zst: unpacking takes a window of more than {} MiB. Compress "
               "the disk without --long, or with --long={}",
               (std::uint64_t{1} << kWindowLog) / kMiB, kWindowLog);
      case ZSTD_error_dictionary_wrong:
        refuse(Errc::unsupported,
               "zst: the file needs a dictionary. Compress the disk without "
               "one");
      default:
        refuse(Errc::corrupt, "zst: the file is damaged ({}). Send it again",
               ZSTD_getErrorName(result));
    }
  }

  ZSTD_DCtx* context_;
};

}  // namespace

std::unique_ptr<Decoder> zstd_decoder() {
  return std::make_unique<ZstdDecoder>();
}

}  // namespace platter::archive
