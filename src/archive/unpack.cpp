// src/archive/unpack.cpp: a compressed file, member after member, becomes a
// sparse one.
#include "unpack.h"

#include <algorithm>
#include <cassert>

#include "decoder.h"
#include "refusal.h"
#include "sparse_writer.h"
#include "wrapper.h"

namespace platter::archive {

namespace {

constexpr std::size_t kBuffer = 256 * kKiB;
static_assert(kBuffer % kPageSize == 0);

std::unique_ptr<Decoder> decoder_of(Wrapper wrapper) {
  switch (wrapper) {
    case Wrapper::gz:
      return gzip_decoder();
    case Wrapper::xz:
      return xz_decoder();
    case Wrapper::zst:
      return zstd_decoder();
    case Wrapper::bz2:
    case Wrapper::ova:
      break;
  }
  assert(wrapper == Wrapper::bz2);
  return bzip2_decoder();
}

// The compressed bytes in their order.
class Input {
 public:
  explicit Input(Arriving& file) : file_(file), buffer_(kBuffer) {}

  // The bytes that come next, at least kLongestMagic of them unless they are
  // the last. The decoder moves it on.
  ByteView& next() {
    if (rest_.size() < kLongestMagic && !ended_) refill();
    return rest_;
  }
  bool is_last() const { return ended_; }
  // Bytes that were given to the decoder and taken.
  std::uint64_t taken() const { return read_ - rest_.size(); }

 private:
  void refill() {
    std::ranges::copy(rest_, buffer_.begin());
    const std::size_t kept = rest_.size();
    const MutableBytes room = MutableBytes(buffer_).subspan(kept);
    const std::size_t part = file_.read(read_, room);
    ended_ = part < room.size();
    read_ += part;
    rest_ = ByteView(buffer_).first(kept + part);
  }

  Arriving& file_;
  Bytes buffer_;
  ByteView rest_;
  std::uint64_t read_ = 0;  // offset in the file
  bool ended_ = false;
};

// Decodes until `room` is full or the file ends; answers what is left of it.
// `whole` says whether the file may end here.
MutableBytes fill(Decoder& decoder, Wrapper wrapper, Input& input,
                  MutableBytes room, bool& whole) {
  while (!room.empty()) {
    ByteView& in = input.next();
    if (whole && in.empty()) break;
    if (whole &&
        !begins(wrapper, in.first(std::min(in.size(), kLongestMagic)))) {
      refuse(Errc::corrupt,
             "{}: after the file's end, at byte {}, there are bytes that are "
             "no {}. Send it again, without them",
             name_of(wrapper), input.taken(), name_of(wrapper));
    }
    const auto before = std::pair(in.size(), room.size());
    whole = decoder.decode(in, room, input.is_last());
    const bool moved = before != std::pair(in.size(), room.size());
    if (!moved && !whole) {
      refuse(Errc::corrupt,
             "{}: the file ends in the middle: it was cut off at byte {}. "
             "Send the rest, or all of it again",
             name_of(wrapper), input.taken());
    }
  }
  return room;
}

}  // namespace

block::SourcePtr unpack(Wrapper wrapper, Arriving& file, const Path& folder,
                        const Limits& limits) {
  const auto decoder = decoder_of(wrapper);
  Input input(file);
  SparseWriter writer(File::temporary(folder), wrapper, limits);
  Bytes buffer(kBuffer);
  bool whole = false;
  for (;;) {
    const MutableBytes left = fill(*decoder, wrapper, input, buffer, whole);
    const std::size_t filled = buffer.size() - left.size();
    writer.add(ByteView(buffer).first(filled), input.taken());
    if (!left.empty()) break;
  }
  return std::move(writer).finish();
}

}  // namespace platter::archive
