// tests/support/sparse_file.h
//
// A file in memory of which only the pages that were written take memory: for
// formats whose smallest file has megabytes of nothing.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>

#include "platter/base/integers.h"
#include "platter/block/source.h"

namespace platter::test {

// A ByteSource of what was written so far; copies share nothing.
class SparseFile : public block::ByteSource {
 public:
  explicit SparseFile(std::uint64_t size = 0) : size_(size) {}

  void resize(std::uint64_t size) { size_ = size; }

  // Makes the file longer if it must.
  void write(std::uint64_t offset, ByteView bytes) {
    size_ = std::max(size_, offset + bytes.size());
    each_page(offset, bytes.size(),
              [&](auto page, auto within, auto at, auto length) {
                std::memcpy(pages_[page].data() + within, bytes.data() + at,
                            length);
              });
  }
  template <std::unsigned_integral T>
  void set_le(std::uint64_t offset, T value) {
    std::array<std::byte, sizeof(T)> raw;
    store_le(raw, 0, value);
    write(offset, raw);
  }
  template <std::unsigned_integral T>
  void set_be(std::uint64_t offset, T value) {
    std::array<std::byte, sizeof(T)> raw;
    store_be(raw, 0, value);
    write(offset, raw);
  }

  Bytes part(std::uint64_t offset, std::uint64_t length) const {
    Bytes bytes(length);
    read(offset, bytes);
    return bytes;
  }

  std::uint64_t size() const noexcept override { return size_; }
  void read(std::uint64_t offset, MutableBytes out) const override {
    each_page(offset, out.size(),
              [&](auto page, auto within, auto at, auto length) {
                std::byte* into = out.data() + at;
                const auto found = pages_.find(page);
                if (found == pages_.end()) {
                  std::memset(into, 0, length);
                } else {
                  std::memcpy(into, found->second.data() + within, length);
                }
              });
  }
  block::Extent extent_at(std::uint64_t offset) const override {
    const auto page = pages_.lower_bound(offset / kPageSize);
    if (page != pages_.end() && page->first == offset / kPageSize) {
      const std::uint64_t end = (page->first + 1) * kPageSize;
      return {offset, std::min(end, size_) - offset, block::ExtentKind::data};
    }
    const std::uint64_t end =
        page == pages_.end() ? size_ : page->first * kPageSize;
    return {offset, std::min(end, size_) - offset, block::ExtentKind::zero};
  }

  std::shared_ptr<const SparseFile> share() const {
    return std::make_shared<SparseFile>(*this);
  }

 private:
  // Calls visit(page, offset in the page, offset in the range, length).
  template <typename Visit>
  static void each_page(std::uint64_t offset, std::uint64_t length,
                        const Visit& visit) {
    for (std::uint64_t at = 0; at < length;) {
      const std::uint64_t within = (offset + at) % kPageSize;
      const std::uint64_t part = std::min(kPageSize - within, length - at);
      visit((offset + at) / kPageSize, within, at, part);
      at += part;
    }
  }

  std::uint64_t size_;
  std::map<std::uint64_t, std::array<std::byte, kPageSize>> pages_;
};

}  // namespace platter::test
