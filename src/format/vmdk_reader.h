// src/format/vmdk_reader.h
//
// The guest in a sparse extent: a VMDK file of its own, or one of several.
#pragma once

#include <vector>

#include "block_cache.h"
#include "mapped_guest.h"
#include "vmdk_layout.h"

namespace platter::format::vmdk {

// Memory: the grain directory, and caches of some grain tables and up to 8
// MiB of decompressed grains. Thread-safe.
class Reader final : public MappedGuest {
 public:
  // Checks the file's structure; see open_guest().
  explicit Reader(block::SourcePtr file);
  // Of one of several files; `header` and `sectors` are that file's.
  Reader(block::SourcePtr file, const Header& header, std::uint64_t sectors);

  bool is_packed() const override { return header_.compressed(); }

 private:
  Reader(block::SourcePtr file, const Header& header);

  Run run_at(std::uint64_t offset, std::uint64_t end) const override;
  void read_run(const Run& run, std::uint64_t offset,
                MutableBytes out) const override;
  Place place_of(std::uint32_t entry) const;
  // The grain from `start` of the guest on, whole.
  void decompress(std::uint64_t start, std::uint64_t file_offset,
                  MutableBytes out) const;

  Header header_;
  std::vector<std::uint32_t> directory_;  // 0: a hole
  mutable BlockCache tables_;
  mutable BlockCache grains_;
};

}  // namespace platter::format::vmdk
