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
constexpr std::uint64_t kLongestHole = 128 * kKiB;

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
  Input(Wrapper wrapper, const block::ByteSource& file)
      : wrapper_(wrapper), file_(file), buffer_(kBuffer) {}

  // The bytes that come next, at least kLongestMagic of them unless they are
  // the last. The decoder moves it on.
  ByteView& next() {
    if (rest_.size() < kLongestMagic && read_ < file_.size()) refill();
    return rest_;
  }
  bool is_last() const { return read_ == file_.size(); }
  // Bytes that were given to the decoder and taken.
  std::uint64_t taken() const { return read_ - rest_.size(); }

 private:
  void refill() {
    std::ranges::copy(rest_, buffer_.begin());
    const std::size_t kept = rest_.size();
    const std::size_t part =
        std::min<std::uint64_t>(kBuffer - kept, file_.size() - read_);
    check_sent();
    file_.read(read_, MutableBytes(buffer_).subspan(kept, part));
    read_ += part;
    rest_ = ByteView(buffer_).first(kept + part);
  }

  // No compressed file has so long a run of zeros, but one that was sent in
  // pieces of which some are missing. And reading holes that cost nothing to
  // send might take us days.
  void check_sent() const {
    const block::Extent extent = file_.extent_at(read_);
    const bool hole = extent.kind == block::ExtentKind::zero;
    if (!hole || extent.length < kLongestHole) return;
    refuse(Errc::corrupt,
           "{}: the file is a hole from byte {} on: that part was not sent. "
           "Send it again",
           name_of(wrapper_), read_);
  }

  Wrapper wrapper_;
  const block::ByteSource& file_;
  Bytes buffer_;
  ByteView rest_;
  std::uint64_t read_ = 0;  // offset in the file
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

block::SourcePtr unpack(Wrapper wrapper, const block::ByteSource& file,
                        const Path& folder, const Limits& limits) {
  const auto decoder = decoder_of(wrapper);
  Input input(wrapper, file);
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
