// src/format/file_table.h
//
// A table of integers in a disk file, read in pieces of which those used last
// are kept: how a reader follows a table of gigabytes in a few megabytes.
#pragma once

#include <algorithm>
#include <bit>

#include "block_cache.h"
#include "platter/base/integers.h"
#include "platter/block/source.h"

namespace platter::format {

// Thread-safe; each thread reads through a Cursor of its own.
template <std::unsigned_integral T, std::endian kOrder>
class FileTable {
 public:
  static constexpr std::uint64_t kPieceEntries = 64 * kKiB / sizeof(T);

  // REQUIRES: the table's `count` entries from `offset` on lie in `file`.
  FileTable(block::SourcePtr file, std::uint64_t offset, std::uint64_t count)
      : file_(std::move(file)), offset_(offset), count_(count), pieces_(32) {}

  std::uint64_t count() const noexcept { return count_; }

  // Looks up entries; holds the piece it used last.
  class Cursor {
   public:
    explicit Cursor(const FileTable& table) : table_(table) {}

    // REQUIRES: index < count().
    T operator[](std::uint64_t index) {
      const std::uint64_t number = index / kPieceEntries;
      if (piece_ == nullptr || number != number_) {
        piece_ = table_.piece(number);
        number_ = number;
      }
      return detail::load<T>(*piece_, index % kPieceEntries * sizeof(T),
                             kOrder);
    }

   private:
    const FileTable& table_;
    BlockCache::Block piece_;
    std::uint64_t number_ = 0;
  };

 private:
  BlockCache::Block piece(std::uint64_t number) const {
    return pieces_.get(number, [&] {
      const std::uint64_t first = number * kPieceEntries;
      Bytes raw(std::min(kPieceEntries, count_ - first) * sizeof(T));
      file_->read(offset_ + first * sizeof(T), raw);
      return raw;
    });
  }

  block::SourcePtr file_;
  std::uint64_t offset_;
  std::uint64_t count_;
  mutable BlockCache pieces_;
};

}  // namespace platter::format
