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

  // Claims [first, first + count) for one owner. False, and then maybe in
  // part, when any of them is claimed already. REQUIRES: they are clusters of
  // the file.
  bool own(std::uint64_t first, std::uint64_t count);
  // ... for one of many that share them. False when any of them has an owner.
  bool share(std::uint64_t first, std::uint64_t count);

 private:
  class Bits {
   public:
    explicit Bits(std::uint64_t count) : pieces_(count / kPiece + 1) {}
    bool test(std::uint64_t bit) const;
    void set(std::uint64_t bit);

   private:
    static constexpr std::uint64_t kPiece = 65'536;
    using Piece = std::array<std::uint64_t, kPiece / 64>;
    std::vector<std::unique_ptr<Piece>> pieces_;
  };

  Bits owned_;
  Bits shared_;
};

}  // namespace platter::format
