// src/format/claims.cpp
#include "claims.h"

#include <algorithm>

namespace platter::format {

bool Claims::own(std::uint64_t first, std::uint64_t count) {
  if (owned_.any(first, count) || shared_.any(first, count)) return false;
  owned_.set(first, count);
  return true;
}

bool Claims::share(std::uint64_t first, std::uint64_t count) {
  if (owned_.any(first, count)) return false;
  shared_.set(first, count);
  return true;
}

template <typename Visit>
bool Claims::Bits::each_word(std::uint64_t first, std::uint64_t count,
                             const Visit& visit) {
  const std::uint64_t end = first + count;
  while (first < end) {
    const std::uint64_t bits = std::min(64 - first % 64, end - first);
    const std::uint64_t mask = ~std::uint64_t{0} >> (64 - bits) << (first % 64);
    if (visit(first / 64, mask)) return true;
    first += bits;
  }
  return false;
}

bool Claims::Bits::any(std::uint64_t first, std::uint64_t count) const {
  return each_word(first, count, [&](std::uint64_t word, std::uint64_t mask) {
    const auto& piece = pieces_[word / kPieceWords];
    return piece != nullptr && ((*piece)[word % kPieceWords] & mask) != 0;
  });
}

void Claims::Bits::set(std::uint64_t first, std::uint64_t count) {
  each_word(first, count, [&](std::uint64_t word, std::uint64_t mask) {
    auto& piece = pieces_[word / kPieceWords];
    if (piece == nullptr) piece = std::make_unique<Piece>();
    (*piece)[word % kPieceWords] |= mask;
    return false;
  });
}

}  // namespace platter::format
