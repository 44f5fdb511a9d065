// src/format/vhd_reader.h
//
// The guest in a VHD file.
#pragma once

#include "block_cache.h"
#include "placements.h"
#include "vhd_check.h"

namespace platter::format::vhd {

// Checks the file's structure; see format::open_guest().
std::shared_ptr<const Guest> open_guest(block::SourcePtr file);

// A dynamic disk. Memory: caches of 2 MiB of its table and of at most 4 MiB
// of sector bitmaps. Thread-safe.
class DynamicReader final : public Guest {
 public:
  // Checks header, table and blocks.
  DynamicReader(block::SourcePtr file, const Footer& footer);

  std::uint64_t size() const noexcept override { return size_; }
  void read(std::uint64_t offset, MutableBytes out) const override;
  block::Extent extent_at(std::uint64_t offset) const override;
  void for_each_placement(const PlacementVisitor& visit) const override;

 private:
  // Sectors of one block that are all stored, or all not.
  struct Run {
    bool stored = false;
    std::uint64_t length = 0;
    std::uint64_t file_offset = 0;  // if stored
  };
  class Cursor;

  void walk_placements(const PlacementVisitor& visit) const;

  block::SourcePtr file_;
  std::uint64_t size_;
  DynamicHeader header_;
  BlockTable table_;  // as far as the disk reaches
  mutable BlockCache bitmaps_;
};

}  // namespace platter::format::vhd
