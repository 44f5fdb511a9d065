// include/platter/block/cluster_map.h
//
// Which clusters of a disk hold data, answered by rank and select, so that a
// view's tables can be worked out at any place without being stored.
//
// A cluster counts as used when any byte of it lies in a data extent. Memory
// follows what is used: runs of 65,536 clusters that are all holes, or all
// data, cost a few bytes; a mixed one 8 KiB. A 10 TiB disk with 64 KiB
// clusters so needs at most 21 MiB.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "platter/block/source.h"

namespace platter::block {

// Immutable once made; safe to share between threads.
class ClusterMap {
 public:
  // Walks the extents of `disk` once; reads no data. REQUIRES: cluster_size is
  // a power of two.
  ClusterMap(const ByteSource& disk, std::uint64_t cluster_size);
  // The map of groups of `factor` clusters: a group is used when any of its
  // clusters is.
  ClusterMap coarser(std::uint64_t factor) const;

  std::uint64_t cluster_size() const noexcept { return cluster_size_; }
  // Clusters of the disk, used or not; the last one may be short.
  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t used() const noexcept { return used_; }

  // REQUIRES: cluster < count().
  bool is_used(std::uint64_t cluster) const noexcept;
  // Used clusters below `cluster`. REQUIRES: cluster <= count().
  std::uint64_t rank(std::uint64_t cluster) const noexcept;
  // The used cluster with rank `k`. REQUIRES: k < used().
  std::uint64_t select(std::uint64_t k) const noexcept;
  // The first used cluster at or after `cluster`; count() if there is none
  // (so for a `cluster` past the end).
  std::uint64_t next_used(std::uint64_t cluster) const noexcept;
  // The first unused cluster at or after `cluster`; count() if there is none.
  std::uint64_t next_unused(std::uint64_t cluster) const noexcept;

 private:
  class Builder;
  struct Bitmap;  // one mixed run of 65,536 clusters, with its ranks
  struct Run {
    std::uint64_t used_before = 0;         // used clusters of all earlier runs
    std::uint32_t used = 0;                // of this one
    std::shared_ptr<const Bitmap> bitmap;  // null: all holes or all data
  };

  ClusterMap() = default;

  std::uint64_t cluster_size_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t used_ = 0;
  std::vector<Run> runs_;
};

}  // namespace platter::block
