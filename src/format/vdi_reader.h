// src/format/vdi_reader.h
//
// The guest in a VDI file.
#pragma once

#include "block_cache.h"
#include "mapped_guest.h"
#include "vdi_layout.h"

namespace platter::format::vdi {

// Memory: a cache of 2 MiB of the block map. Thread-safe.
class Reader final : public MappedGuest {
 public:
  // Checks the file's structure; see open_guest().
  explicit Reader(block::SourcePtr file);

 private:
  Reader(block::SourcePtr file, const Header& header);

  // Throws Errc::corrupt when a block that the guest sees lies outside the
  // file or has two users.
  void check_map() const;

  Run run_at(std::uint64_t offset, std::uint64_t end) const override;
  // Entries of the map from `number` * kPiece on.
  BlockCache::Block piece(std::uint64_t number) const;
  Place place_of(std::uint32_t entry) const;
  // Blocks of the disk that the guest sees.
  std::uint64_t block_count() const;

  Header header_;
  mutable BlockCache pieces_;
};

}  // namespace platter::format::vdi
