// src/image/original.cpp
#include "platter/image/original.h"

#include <algorithm>
#include <utility>

#include "file_leaf.h"
#include "leaf_cache.h"

namespace platter::image {
namespace {

class OriginalSource final : public block::ByteSource {
 public:
  OriginalSource(store::Store& store, const Original& original,
                 block::SourcePtr guest)
      : size_(original.size),
        runs_(store, original.runs, original.size),
        literal_(open_disk(store, original.literal)),
        guest_(std::move(guest)) {
    if (literal_->size() != size_) {
      throw Error(Errc::damaged,
                  fmt::format("original of {} bytes: its literal has {}", size_,
                              literal_->size()));
    }
  }

  std::uint64_t size() const noexcept override { return size_; }

  void read(std::uint64_t offset, MutableBytes out) const override {
    while (!out.empty()) {
      const Piece piece = piece_at(offset);
      const std::uint64_t length =
          std::min<std::uint64_t>(out.size(), piece.length);
      piece.source->read(piece.offset, out.first(length));
      offset += length;
      out = out.subspan(length);
    }
  }

  block::Extent extent_at(std::uint64_t offset) const override {
    const Piece piece = piece_at(offset);
    const block::Extent extent = piece.source->extent_at(piece.offset);
    return {offset, std::min(extent.length, piece.length), extent.kind};
  }

 private:
  // Bytes of the file that lie in one piece in the guest, or in the literal.
  struct Piece {
    const block::ByteSource* source;
    std::uint64_t offset;  // in the source
    std::uint64_t length;  // within the file and the source; never 0
  };

  // The piece that begins at `offset`. REQUIRES: offset < size().
  Piece piece_at(std::uint64_t offset) const {
    const std::uint64_t index = offset / kLeafSpan;
    const std::uint64_t within = offset % kLeafSpan;
    const auto leaf = runs_.load(index);
    const std::size_t i = leaf ? leaf->find(within) : 0;
    if (!leaf || i == leaf->size()) {
      const auto next = runs_.next_leaf(index + 1);
      return literal(offset, next ? *next * kLeafSpan : size_);
    }
    const FileRun run = (*leaf)[i];
    if (run.offset > within) {
      return literal(offset, index * kLeafSpan + run.offset);
    }
    return guest(offset, index * kLeafSpan + FileLeafCodec::end(run),
                 run.shift);
  }

  Piece literal(std::uint64_t offset, std::uint64_t end) const {
    return {literal_.get(), offset, std::min(end, size_) - offset};
  }

  Piece guest(std::uint64_t offset, std::uint64_t end,
              std::int64_t shift) const {
    const std::uint64_t length = std::min(end, size_) - offset;
    // A shift that leads below the guest's begin wraps to far past its end.
    const std::uint64_t at = offset + static_cast<std::uint64_t>(shift);
    const std::uint64_t size = guest_ ? guest_->size() : 0;
    if (at > size || length > size - at) {
      throw Error(Errc::damaged,
                  fmt::format("original: bytes {} to {} are said to lie {} "
                              "further on in a guest of {} bytes",
                              offset, offset + length, shift, size));
    }
    return {guest_.get(), at, length};
  }

  std::uint64_t size_;
  LeafCache<FileLeafCodec> runs_;
  block::SourcePtr literal_;
  block::SourcePtr guest_;
};

}  // namespace

FileMapBuilder::FileMapBuilder(store::Store& store, std::uint64_t file_size)
    : store_(store), size_(file_size), tree_(store, file_size) {}

void FileMapBuilder::add(std::uint64_t file_offset, std::uint64_t guest_offset,
                         std::uint64_t length) {
  if (file_offset < end_ || file_offset > size_ ||
      length > size_ - file_offset) {
    throw Error(Errc::invalid,
                fmt::format("file map: {} bytes at {} begin before {} or pass "
                            "the end of a file of {} bytes",
                            length, file_offset, end_, size_));
  }
  end_ = file_offset + length;
  const auto shift = static_cast<std::int64_t>(guest_offset - file_offset);
  while (file_offset < end_) {
    const std::uint64_t leaf = file_offset / kLeafSpan;
    const std::uint64_t within = file_offset % kLeafSpan;
    const std::uint64_t part = std::min(end_ - file_offset, kLeafSpan - within);
    if (leaf != leaf_) finish_leaf();
    leaf_ = leaf;
    add_run({static_cast<std::uint32_t>(within),
             static_cast<std::uint32_t>(part), shift});
    file_offset += part;
  }
}

void FileMapBuilder::add_run(const FileRun& run) {
  if (!runs_.empty() && runs_.back().shift == run.shift &&
      FileLeafCodec::end(runs_.back()) == run.offset) {
    runs_.back().length += run.length;
  } else {
    runs_.push_back(run);
  }
}

void FileMapBuilder::finish_leaf() {
  if (runs_.empty()) return;
  const store::ChunkRef leaf =
      store_.put(pack::Kind::node, encode_file_leaf(runs_));
  tree_.add_leaf(leaf_, leaf, {});
  runs_.clear();
}

TreeRoot FileMapBuilder::finish() {
  finish_leaf();
  return tree_.finish();
}

Bytes encode_file_leaf(const std::vector<FileRun>& runs) {
  return encode_leaf<FileLeafCodec>(runs);
}

std::vector<FileRun> decode_file_leaf(ByteView bytes) {
  return decode_leaf<FileLeafCodec>(bytes);
}

block::SourcePtr open_original(store::Store& store, const Original& original,
                               block::SourcePtr guest) {
  return std::make_shared<OriginalSource>(store, original, std::move(guest));
}

}  // namespace platter::image
