// src/format/packed_clusters.cpp
#include "packed_clusters.h"

#include <algorithm>

#include "platter/base/integers.h"
#include "platter/block/sources.h"

namespace platter::format {

namespace {

class PackedClusters final : public block::ByteSource {
 public:
  PackedClusters(block::SourcePtr guest,
                 std::shared_ptr<const block::ClusterMap> map)
      : map_(std::move(map)),
        guest_(block::padded(std::move(guest),
                             map_->count() * map_->cluster_size())) {}

  std::uint64_t size() const noexcept override {
    return map_->used() * map_->cluster_size();
  }

  void read(std::uint64_t offset, MutableBytes out) const override {
    while (!out.empty()) {
      const Run run = run_at(offset, out.size());
      const MutableBytes part = out.first(run.length);
      guest_->read(run.start, part);
      out = out.subspan(part.size());
      offset += part.size();
    }
  }

  block::Extent extent_at(std::uint64_t offset) const override {
    const block::Extent extent = guest_->extent_at(start_of(offset));
    return {offset, run_at(offset, extent.length).length, extent.kind};
  }

 private:
  struct Run {
    std::uint64_t start;   // in the guest
    std::uint64_t length;  // bytes
  };

  // Where the guest has what lies at `offset` of the packed clusters.
  std::uint64_t start_of(std::uint64_t offset) const {
    const std::uint64_t size = map_->cluster_size();
    return map_->select(offset / size) * size + offset % size;
  }

  // The guest's bytes that follow `offset` in a row, at most `most`.
  Run run_at(std::uint64_t offset, std::uint64_t most) const {
    const std::uint64_t size = map_->cluster_size();
    const std::uint64_t start = start_of(offset);
    const std::uint64_t within = start % size;
    const std::uint64_t clusters =
        map_->used_in_a_row(start / size, divide_up(within + most, size));
    return {start, std::min(most, clusters * size - within)};
  }

  std::shared_ptr<const block::ClusterMap> map_;
  block::SourcePtr guest_;
};

}  // namespace

block::SourcePtr packed_clusters(block::SourcePtr guest,
                                 std::shared_ptr<const block::ClusterMap> map) {
  return std::make_shared<PackedClusters>(std::move(guest), std::move(map));
}

}  // namespace platter::format
