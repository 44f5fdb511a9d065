// src/format/claims.h
//
// Which clusters of an untrusted file are spoken for: so that a cluster that
// two places of a table point to is found while the file is opened.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "platter/base/bytes.h"

namespace platter::format {

// Memory follows what is claimed: two bits a cluster, in pieces of 8 KiB.
// Used by one thread.
class Claims {
 public:
  // The most clusters that a file may have to be checked: claims on all of
  // them take 256 MiB.
  static constexpr std::uint64_t kMost = std::uint64_t{1} << 30;

  // REQUIRES: cluster_count <= kMost.
  explicit Claims(std::uint64_t cluster_count)
      : owned_(cluster_count), shared_(cluster_count) {}

  // Claims [first, first + count) for one owner. False, and then none of them,
  // when any is claimed already. REQUIRES: they are clusters of the file.
  bool own(std::uint64_t first, std::uint64_t count);
  // ... for one of many that share them. False when any of them has an owner.
  bool share(std::uint64_t first, std::uint64_t count);

 private:
  class Bits {
   public:
    explicit Bits(std::uint64_t count)
        : pieces_(count / 64 / kPieceWords + 1) {}
    // Of [first, first + count).
    bool any(std::uint64_t first, std::uint64_t count) const;
    void set(std::uint64_t first, std::uint64_t count);

   private:
    // Calls `visit(word, mask)` for the words that hold the bits, by their
    // number in all pieces, until it answers true.
    template <typename Visit>
    static bool each_word(std::uint64_t first, std::uint64_t count,
                          const Visit& visit);

    static constexpr std::uint64_t kPieceWords = 1'024;
    using Piece = std::array<std::uint64_t, kPieceWords>;
    std::vector<std::unique_ptr<Piece>> pieces_;
  };

  Bits owned_;
  Bits shared_;
};

}  // namespace platter::format
