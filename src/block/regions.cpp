// src/block/regions.cpp: one read loop for every view.
#include "platter/block/regions.h"

#include <algorithm>
#include <cassert>

#include "platter/base/integers.h"
#include "platter/block/sources.h"

namespace platter::block {

void Regions::append(Bytes bytes) { append(memory_source(std::move(bytes))); }

void Regions::append(SourcePtr source) {
  const std::uint64_t length = source->size();
  if (length == 0) return;
  regions_.push_back({size_, std::move(source)});
  size_ += length;
}

void Regions::align_to(std::uint64_t alignment) {
  append_zeros(round_up(size_, alignment) - size_);
}

void Regions::append_zeros(std::uint64_t length) {
  append(zero_source(length));
}

void Regions::read(std::uint64_t offset, MutableBytes out) const {
  assert(offset <= size_ && out.size() <= size_ - offset);
  while (!out.empty()) {
    const Region& region = region_at(offset);
    const std::uint64_t within = offset - region.offset;
    const std::size_t length =
        std::min<std::uint64_t>(out.size(), region.source->size() - within);
    region.source->read(within, out.first(length));
    out = out.subspan(length);
    offset += length;
  }
}

Extent Regions::extent_at(std::uint64_t offset) const {
  const Region& region = region_at(offset);
  Extent extent = region.source->extent_at(offset - region.offset);
  extent.offset = offset;
  return extent;
}

const Regions::Region& Regions::region_at(std::uint64_t offset) const {
  const auto after =
      std::ranges::upper_bound(regions_, offset, {}, &Region::offset);
  return *std::prev(after);
}

}  // namespace platter::block
