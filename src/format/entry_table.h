// src/format/entry_table.h
//
// A table of integers that is worked out as it is read: how a view has tables
// of gigabytes and keeps none of them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <functional>
#include <span>

#include "platter/base/integers.h"
#include "platter/block/source.h"

namespace platter::format {

// Thread-safe if `fill` is.
template <std::unsigned_integral T, std::endian kOrder>
class EntryTable final : public block::ByteSource {
 public:
  // Writes the entries from number `first` on.
  using Fill = std::function<void(std::uint64_t first, std::span<T> entries)>;

  EntryTable(std::uint64_t count, Fill fill)
      : size_(count * sizeof(T)), fill_(std::move(fill)) {}

  std::uint64_t size() const noexcept override { return size_; }

  void read(std::uint64_t offset, MutableBytes out) const override {
    std::array<T, 1024> entries;
    while (!out.empty()) {
      const std::uint64_t first = offset / sizeof(T);
      const std::uint64_t within = offset % sizeof(T);
      const std::uint64_t count = std::min<std::uint64_t>(
          entries.size(), divide_up(within + out.size(), sizeof(T)));
      fill_(first, std::span(entries).first(count));
      if (kOrder != std::endian::native) swap(std::span(entries).first(count));
      const std::uint64_t length =
          std::min<std::uint64_t>(out.size(), count * sizeof(T) - within);
      const auto* raw = reinterpret_cast<const std::byte*>(entries.data());
      std::memcpy(out.data(), raw + within, length);
      out = out.subspan(length);
      offset += length;
    }
  }

  block::Extent extent_at(std::uint64_t offset) const override {
    return {offset, size_ - offset, block::ExtentKind::data};
  }

 private:
  static void swap(std::span<T> entries) {
    for (T& entry : entries) entry = detail::swapped(entry);
  }

  std::uint64_t size_;
  Fill fill_;
};

template <std::unsigned_integral T, std::endian kOrder>
block::SourcePtr entry_table(std::uint64_t count,
                             typename EntryTable<T, kOrder>::Fill fill) {
  return std::make_shared<EntryTable<T, kOrder>>(count, std::move(fill));
}

}  // namespace platter::format
