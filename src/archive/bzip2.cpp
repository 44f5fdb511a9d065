// src/archive/bzip2.cpp: streams of bzip2, by libbz2.
#include <bzlib.h>

#include <new>

#include "decoder.h"
#include "refusal.h"

namespace platter::archive {

namespace {

class Bzip2Decoder final : public Decoder {
 public:
  Bzip2Decoder() { begin(); }
  ~Bzip2Decoder() override { BZ2_bzDecompressEnd(&stream_); }
  Bzip2Decoder(const Bzip2Decoder&) = delete;
  Bzip2Decoder& operator=(const Bzip2Decoder&) = delete;

  bool decode(ByteView& in, MutableBytes& out, bool) override {
    if (ended_) {
      BZ2_bzDecompressEnd(&stream_);
      begin();
    }
    // libbz2 never writes to its input.
    stream_.next_in =
        reinterpret_cast<char*>(const_cast<std::byte*>(in.data()));
    stream_.avail_in = static_cast<unsigned>(in.size());
    stream_.next_out = reinterpret_cast<char*>(out.data());
    stream_.avail_out = static_cast<unsigned>(out.size());
    const int result = BZ2_bzDecompress(&stream_);
    in = in.last(stream_.avail_in);
    out = out.last(stream_.avail_out);
    if (result == BZ_MEM_ERROR) throw std::bad_alloc();
    if (result != BZ_OK && result != BZ_STREAM_END) {
      refuse(Errc::corrupt, "bz2: the file is damaged ({}). Send it again",
             result == BZ_DATA_ERROR ? "a checksum or its data is wrong"
                                     : "not bzip2");
    }
    ended_ = result == BZ_STREAM_END;
    return ended_;
  }

 private:
  void begin() {
    stream_ = {};
    ended_ = false;
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
  }

  bz_stream stream_{};
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Decoder> bzip2_decoder() {
  return std::make_unique<Bzip2Decoder>();
}

}  // namespace platter::archive
