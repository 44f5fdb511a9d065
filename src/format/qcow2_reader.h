// src/format/qcow2_reader.h
//
// The guest in a qcow2 file.
#pragma once

#include "block_cache.h"
#include "placements.h"
#include "qcow2_layout.h"

namespace platter::format::qcow2 {

// Memory: the L1 table, and caches of 2 MiB of L2 tables and 4 to 8 MiB of
// decompressed clusters. Thread-safe.
class Reader final : public Guest {
 public:
  // Checks the file's structure; see open_guest().
  explicit Reader(block::SourcePtr file);

  std::uint64_t size() const noexcept override { return size_; }
  void read(std::uint64_t offset, MutableBytes out) const override;
  block::Extent extent_at(std::uint64_t offset) const override;
  void for_each_placement(const PlacementVisitor& visit) const override;
  bool is_packed() const override { return is_packed_; }

 private:
  // Bytes of the guest from one offset on that are alike: a hole, stored in
  // a row, or in one compressed cluster.
  struct Run {
    L2Entry::Kind kind = L2Entry::Kind::hole;
    std::uint64_t length = 0;
    std::uint64_t file_offset = 0;        // of the first byte, if data
    std::uint64_t compressed_length = 0;  // if compressed
  };
  class Cursor;

  // The guest bytes under one piece of an L2 table.
  std::uint64_t piece_reach() const noexcept;
  void walk_placements(const PlacementVisitor& visit) const;
  void read_compressed(const Run& run, std::uint64_t offset,
                       MutableBytes out) const;
  void decompress(const Run& run, std::uint64_t guest_offset,
                  MutableBytes out) const;

  block::SourcePtr file_;
  Header header_;
  std::uint64_t size_;
  std::vector<std::uint64_t> l1_;  // as far as the disk reaches
  mutable BlockCache tables_;
  mutable BlockCache clusters_;
  bool is_packed_;
};

}  // namespace platter::format::qcow2
