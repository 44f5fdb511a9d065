// src/archive/gzip.cpp: members of RFC 1952, by zlib.
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "decoder.h"
#include "refusal.h"

namespace platter::archive {

namespace {

// 32 KiB of window, and a gzip header and trailer around the data.
constexpr int kGzipWindow = 16 + MAX_WBITS;

class GzipDecoder final : public Decoder {
 public:
  GzipDecoder() {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~GzipDecoder() override { inflateEnd(&stream_); }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  bool decode(ByteView& in, MutableBytes& out, bool) override {
    if (ended_) inflateReset(&stream_);
    ended_ = false;
    // zlib never writes to its input.
    stream_.next_in =
        reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    in = in.last(stream_.avail_in);
    out = out.last(stream_.avail_out);
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    // Z_BUF_ERROR: it needs more of either; the caller knows of which.
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      refuse(Errc::corrupt, "gz: the file is damaged ({}). Send it again",
             stream_.msg == nullptr ? "not gzip" : stream_.msg);
    }
    ended_ = result == Z_STREAM_END;
    return ended_;
  }

 private:
  z_stream stream_{};
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Decoder> gzip_decoder() {
  return std::make_unique<GzipDecoder>();
}

}  // namespace platter::archive
