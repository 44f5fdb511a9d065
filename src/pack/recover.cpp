// src/pack/recover.cpp: reads through a pack, frame by frame, and finds its
// way again behind what is torn or damaged.
#include "recover.h"

#include <algorithm>

#include "frame.h"
#include "platter/base/integers.h"

namespace platter::pack {

namespace {

// A part of the file in memory that moves along with the reading.
class Window {
 public:
  explicit Window(const PackFile& file) : file_(file), size_(file.size()) {}

  std::uint64_t size() const noexcept { return size_; }

  // Valid until the next call. REQUIRES: offset + length <= size().
  ByteView view(std::uint64_t offset, std::uint64_t length) {
    if (offset < start_ || offset + length > start_ + bytes_.size()) {
      bytes_.resize(std::min(size_ - offset, std::max(length, kStep)));
      file_.read(offset, bytes_);
      start_ = offset;
    }
    return ByteView(bytes_).subspan(offset - start_, length);
  }

 private:
  static constexpr std::uint64_t kStep = 1 * kMiB;

  const PackFile& file_;
  std::uint64_t size_;
  std::uint64_t start_ = 0;
  Bytes bytes_;
};

// Whether `header`, found at `offset`, can be the frame that follows the
// slots seen so far. The bound keeps `places` smaller than the file.
bool may_follow(const FrameHeader& header, std::uint64_t offset,
                const std::vector<Place>& places, std::uint64_t file_size) {
  return header.slot >= places.size() &&
         header.slot < offset / (FrameHeader::kSize + kAlignment) &&
         header.stored_length() <= file_size - offset;
}

}  // namespace

std::vector<Place> recover_places(const PackFile& file, PackId id,
                                  std::uint64_t salt) {
  Window window(file);
  const std::uint64_t size = window.size();
  std::vector<Place> places;
  std::uint64_t offset = PackHeader::kSize;
  while (offset < kPackLimit && offset + FrameHeader::kSize <= size) {
    const auto header =
        FrameHeader::decode(window.view(offset, FrameHeader::kSize), id, salt);
    if (!header || !may_follow(*header, offset, places, size)) {
      offset += kAlignment;
      continue;
    }
    const std::uint64_t length = header->stored_length();
    places.resize(header->slot + 1);
    const ByteView frame = window.view(offset, length);
    if (decode_payload(*header, frame.subspan(FrameHeader::kSize,
                                              header->payload_length))) {
      places.back() = {static_cast<std::uint32_t>(offset),
                       static_cast<std::uint32_t>(length)};
    }
    offset += length;
  }
  return places;
}

}  // namespace platter::pack
