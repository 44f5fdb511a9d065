// src/format/packed_clusters.cpp
#include "packed_clusters.h"

#include <algorithm>

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
      const block::Extent run = run_at(offset);
      const MutableBytes part =
          out.first(std::min<std::uint64_t>(out.size(), run.length));
      guest_->read(run.offset, part);
      out = out.subspan(part.size());
      offset += part.size();
    }
  }

  block::Extent extent_at(std::uint64_t offset) const override {
    const block::Extent run = run_at(offset);
    const block::Extent extent = guest_->extent_at(run.offset);
    return {offset, std::min(run.length, extent.length), extent.kind};
  }

 private:
  // The guest's bytes that follow `offset` in a row.
  block::Extent run_at(std::uint64_t offset) const {
    const std::uint64_t size = map_->cluster_size();
    const std::uint64_t cluster = map_->select(offset / size);
    const std::uint64_t start = cluster * size + offset % size;
    return {start, map_->next_unused(cluster) * size - start};
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
