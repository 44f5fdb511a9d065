// src/format/claims.cpp
#include "claims.h"

namespace platter::format {

bool Claims::own(std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t cluster = first; cluster < first + count; ++cluster) {
    if (owned_.test(cluster) || shared_.test(cluster)) return false;
    owned_.set(cluster);
  }
  return true;
}

bool Claims::share(std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t cluster = first; cluster < first + count; ++cluster) {
    if (owned_.test(cluster)) return false;
    shared_.set(cluster);
  }
  return true;
}

bool Claims::Bits::test(std::uint64_t bit) const {
  const auto& piece = pieces_[bit / kPiece];
  return piece != nullptr &&
         ((*piece)[bit % kPiece / 64] >> (bit % 64) & 1) != 0;
}

void Claims::Bits::set(std::uint64_t bit) {
  auto& piece = pieces_[bit / kPiece];
  if (piece == nullptr) piece = std::make_unique<Piece>();
  (*piece)[bit % kPiece / 64] |= std::uint64_t{1} << (bit % 64);
}

}  // namespace platter::format
