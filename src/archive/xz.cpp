// src/archive/xz.cpp: streams of xz and the padding between them, by liblzma.
//
// By its decoder of one thread: the one of several (before 5.8.1, and in
// Debian 12 before its security update) could be made to use freed memory.
#include <lzma.h>

#include <new>

#include "decoder.h"
#include "refusal.h"

namespace platter::archive {

namespace {

class XzDecoder final : public Decoder {
 public:
  XzDecoder() {
    const lzma_ret result =
        lzma_stream_decoder(&stream_, kDecoderMemory,
                            LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK);
    if (result != LZMA_OK) throw std::bad_alloc();
  }
  ~XzDecoder() override { lzma_end(&stream_); }
  XzDecoder(const XzDecoder&) = delete;
  XzDecoder& operator=(const XzDecoder&) = delete;

  // Whole only when it was told that nothing follows: padding might.
  bool decode(ByteView& in, MutableBytes& out, bool last) override {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    const lzma_ret result = lzma_code(&stream_, last ? LZMA_FINISH : LZMA_RUN);
    in = in.last(stream_.avail_in);
    out = out.last(stream_.avail_out);
    check(result);
    return result == LZMA_STREAM_END;
  }

 private:
  void check(lzma_ret result) {
    switch (result) {
      case LZMA_OK:
      case LZMA_STREAM_END:
      case LZMA_BUF_ERROR:  // it needs more; the caller knows of what
        return;
      case LZMA_MEM_ERROR:
        throw std::bad_alloc();
      case LZMA_MEMLIMIT_ERROR:
        refuse(Errc::unsupported,
               "xz: unpacking takes {} MiB of memory, {} MiB are allowed. "
               "Compress the disk with a smaller dictionary: xz -9",
               lzma_memusage(&stream_) / kMiB, kDecoderMemory / kMiB);
      case LZMA_OPTIONS_ERROR:
      case LZMA_UNSUPPORTED_CHECK:
        refuse(Errc::unsupported,
               "xz: the file uses a filter or a check that is not known. "
               "Compress the disk with plain: xz");
      case LZMA_FORMAT_ERROR:
        refuse(Errc::corrupt,
               "xz: after the file's end there are bytes that are no xz. Send "
               "it again, without them");
      default:
        refuse(Errc::corrupt,
               "xz: the file is damaged (its data or a checksum is wrong). "
               "Send it again");
    }
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

std::unique_ptr<Decoder> xz_decoder() { return std::make_unique<XzDecoder>(); }

}  // namespace platter::archive
