// include/platter/block/regions.h
//
// Regions laid end to end: how every view is made. A view says which parts
// its file consists of; reading is done here, once.
#pragma once

#include <vector>

#include "platter/block/source.h"

namespace platter::block {

// Appended to by one thread; once shared, a ByteSource like any other.
class Regions final : public ByteSource {
 public:
  // Each appends at the present end; empty parts are left out.
  void append(Bytes bytes);
  void append(SourcePtr source);
  // Zeros up to the next multiple of `alignment` bytes.
  void align_to(std::uint64_t alignment);
  void append_zeros(std::uint64_t length);

  std::uint64_t size() const noexcept override { return size_; }
  void read(std::uint64_t offset, MutableBytes out) const override;
  Extent extent_at(std::uint64_t offset) const override;

 private:
  struct Region {
    std::uint64_t offset;
    SourcePtr source;
  };

  const Region& region_at(std::uint64_t offset) const;

  std::vector<Region> regions_;
  std::uint64_t size_ = 0;
};

}  // namespace platter::block
