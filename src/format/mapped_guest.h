// src/format/mapped_guest.h
//
// A disk cut into blocks of one size, whose places in the file a table names:
// what the readers of such formats have in common.
#pragma once

#include <algorithm>

#include "placements.h"

namespace platter::format {

// Where bytes of the guest are.
struct Place {
  enum class Kind { hole, stored, packed };

  Kind kind = Kind::hole;
  std::uint64_t file_offset = 0;  // of the first byte, unless a hole
};

// Bytes of the guest from one offset on that are alike: a hole, stored in a
// row, or in one packed block.
struct Run {
  Place place;
  std::uint64_t length = 0;
};

// Thread-safe if run_at() and read_run() are.
class MappedGuest : public Guest {
 public:
  std::uint64_t size() const noexcept final { return size_; }
  void read(std::uint64_t offset, MutableBytes out) const final;
  block::Extent extent_at(std::uint64_t offset) const final;
  void for_each_placement(const PlacementVisitor& visit) const final;

 protected:
  MappedGuest(block::SourcePtr file, std::uint64_t size)
      : file_(std::move(file)), size_(size) {}

  const block::ByteSource& file() const { return *file_; }

  // Fills `out` from the beginning of `run`, which lies at `offset` of the
  // guest. Here for holes and what is stored.
  virtual void read_run(const Run& run, std::uint64_t offset,
                        MutableBytes out) const;

 private:
  // The run that begins at `offset`, up to `end` or as far as is cheap to
  // know. REQUIRES: offset < end <= size().
  virtual Run run_at(std::uint64_t offset, std::uint64_t end) const = 0;

  block::SourcePtr file_;
  std::uint64_t size_;
};

// The run at guest `offset`, up to `end`, where place_of(block) is the Place
// of a whole block. Asks for no block that begins at or after `end`.
template <typename PlaceOf>
Run run_of_blocks(std::uint64_t offset, std::uint64_t end,
                  std::uint64_t block_size, PlaceOf place_of) {
  const std::uint64_t first = offset / block_size;
  Place place = place_of(first);
  std::uint64_t reached = (first + 1) * block_size;
  while (reached < end && place.kind != Place::Kind::packed) {
    const Place next = place_of(reached / block_size);
    if (next.kind != place.kind) break;
    if (place.kind == Place::Kind::stored &&
        next.file_offset != place.file_offset + reached - first * block_size) {
      break;
    }
    reached += block_size;
  }
  if (place.kind == Place::Kind::stored) {
    place.file_offset += offset % block_size;
  }
  return {place, std::min(reached, end) - offset};
}

}  // namespace platter::format
