// src/format/vhdx_reader.h
//
// The guest in a VHDX file.
#pragma once

#include "file_table.h"
#include "placements.h"
#include "vhdx_log.h"

namespace platter::format::vhdx {

using BlockTable = FileTable<std::uint64_t, std::endian::little>;

// Memory: 2 MiB of the block allocation table, and what a log needs.
// Thread-safe.
class Reader final : public Guest {
 public:
  // Checks the file's structure; see open_guest().
  explicit Reader(block::SourcePtr file);

  std::uint64_t size() const noexcept override { return metadata_.disk_size; }
  void read(std::uint64_t offset, MutableBytes out) const override;
  block::Extent extent_at(std::uint64_t offset) const override;
  void for_each_placement(const PlacementVisitor& visit) const override;

 private:
  // Bytes of the guest from one offset on that are stored in a row, or not.
  struct Run {
    bool stored = false;
    std::uint64_t length = 0;
    std::uint64_t file_offset = 0;  // if stored
  };
  class Cursor;

  void walk_placements(const PlacementVisitor& visit) const;

  Header header_;
  std::shared_ptr<const Replayed> file_;
  std::vector<Region> regions_;
  Metadata metadata_;
  BlockTable table_;  // as far as the disk reaches
};

}  // namespace platter::format::vhdx
