// tests/support/sparse.h
//
// Sources whose holes are known: disks for tests that are mostly nothing, of
// any size, and memory that says where its zero pages are.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

#include "platter/base/integers.h"
#include "platter/block/source.h"
#include "support/disks.h"

namespace platter::test {

// Bytes in memory whose zero pages are zero extents.
class SparseMemory final : public block::ByteSource {
 public:
  explicit SparseMemory(Bytes bytes) : bytes_(std::move(bytes)) {}

  std::uint64_t size() const noexcept override { return bytes_.size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    if (!out.empty()) {
      std::memcpy(out.data(), bytes_.data() + offset, out.size());
    }
  }
  block::Extent extent_at(std::uint64_t offset) const override {
    const block::ExtentKind kind = kind_at(offset);
    std::uint64_t end = offset;
    do {
      end = std::min(size(), round_down(end, kPageSize) + kPageSize);
    } while (end < size() && kind_at(end) == kind);
    return {offset, end - offset, kind};
  }

 private:
  block::ExtentKind kind_at(std::uint64_t offset) const {
    const std::uint64_t page = round_down(offset, kPageSize);
    const std::uint64_t length = std::min(kPageSize, size() - page);
    return all_zero(ByteView(bytes_).subspan(page, length))
               ? block::ExtentKind::zero
               : block::ExtentKind::data;
  }

  Bytes bytes_;
};

// A disk of any size whose data extents are given by offset and length; their
// bytes follow from their place.
class PatternDisk final : public block::ByteSource {
 public:
  PatternDisk(std::uint64_t size, std::map<std::uint64_t, std::uint64_t> data)
      : size_(size), data_(std::move(data)) {}

  std::uint64_t size() const noexcept override { return size_; }
  void read(std::uint64_t offset, MutableBytes out) const override {
    while (!out.empty()) {
      const block::Extent extent = extent_at(offset);
      const auto part =
          out.first(std::min<std::uint64_t>(out.size(), extent.length));
      if (extent.kind == block::ExtentKind::zero) {
        std::memset(part.data(), 0, part.size());
      } else {
        fill(offset, part);
      }
      offset += part.size();
      out = out.subspan(part.size());
    }
  }
  block::Extent extent_at(std::uint64_t offset) const override {
    const auto after = data_.upper_bound(offset);
    const std::uint64_t next = after == data_.end() ? size_ : after->first;
    if (after != data_.begin()) {
      const auto& [start, length] = *std::prev(after);
      if (offset < start + length) {
        return {offset, start + length - offset, block::ExtentKind::data};
      }
    }
    return {offset, next - offset, block::ExtentKind::zero};
  }

 private:
  // A prime number of bytes, none of them zero, over and over: places of
  // clusters, sectors or pages that are mixed up hold other bytes.
  static void fill(std::uint64_t offset, MutableBytes out) {
    static const Bytes pattern = [] {
      Bytes bytes = random_bytes(65'521, 1);
      for (std::byte& byte : bytes) byte |= std::byte{1};
      return bytes;
    }();
    while (!out.empty()) {
      const std::uint64_t at = offset % pattern.size();
      const auto length = std::min(out.size(), pattern.size() - at);
      std::memcpy(out.data(), pattern.data() + at, length);
      offset += length;
      out = out.subspan(length);
    }
  }

  std::uint64_t size_;
  std::map<std::uint64_t, std::uint64_t> data_;
};

// A disk that tells its tallies, as one in a store does.
class TalliedDisk final : public block::ByteSource {
 public:
  explicit TalliedDisk(block::SourcePtr disk) : disk_(std::move(disk)) {}

  std::uint64_t size() const noexcept override { return disk_->size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    disk_->read(offset, out);
  }
  block::Extent extent_at(std::uint64_t offset) const override {
    return disk_->extent_at(offset);
  }
  std::optional<std::vector<block::Tally>> tallies() const override {
    std::vector<block::Tally> tallies;
    std::uint64_t next = 0;  // the first cluster not counted yet
    for_each_extent(*disk_, 0, size(), [&](const block::Extent& extent) {
      if (extent.kind == block::ExtentKind::zero) return;
      constexpr std::uint64_t kCluster = block::Tally::kCluster;
      next = std::max(next, extent.offset / kCluster);
      for (; next * kCluster < extent.end(); ++next) count(next, tallies);
    });
    return tallies;
  }

 private:
  static void count(std::uint64_t cluster, std::vector<block::Tally>& tallies) {
    const std::uint64_t part = cluster / 1'024;
    if (tallies.empty() || tallies.back().part != part) {
      tallies.push_back({part, 0, 0});
    }
    ++tallies.back().clusters;
    tallies.back().mebibytes |= std::uint64_t{1} << cluster % 1'024 / 16;
  }

  block::SourcePtr disk_;
};

}  // namespace platter::test
