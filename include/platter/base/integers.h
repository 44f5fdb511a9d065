// include/platter/base/integers.h
//
// Fixed-width integers in byte order, and arithmetic on untrusted numbers
// that says when it would not fit.
#pragma once

#include <bit>
#include <concepts>
#include <cstring>
#include <optional>

#include "platter/base/bytes.h"

namespace platter {

namespace detail {
template <std::unsigned_integral T>
T swapped(T value) {
  if constexpr (sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}
template <std::unsigned_integral T>
T load(ByteView bytes, std::size_t offset, std::endian order) {
  T value;
  std::memcpy(&value, bytes.subspan(offset, sizeof(T)).data(), sizeof(T));
  return order == std::endian::native ? value : swapped(value);
}
template <std::unsigned_integral T>
void store(MutableBytes bytes, std::size_t offset, T value, std::endian order) {
  if (order != std::endian::native) value = swapped(value);
  std::memcpy(bytes.subspan(offset, sizeof(T)).data(), &value, sizeof(T));
}
}  // namespace detail

// Loads and stores at `offset`. REQUIRES: offset + sizeof(T) <= bytes.size().
template <std::unsigned_integral T>
T load_be(ByteView bytes, std::size_t offset = 0) {
  return detail::load<T>(bytes, offset, std::endian::big);
}
template <std::unsigned_integral T>
T load_le(ByteView bytes, std::size_t offset = 0) {
  return detail::load<T>(bytes, offset, std::endian::little);
}
template <std::unsigned_integral T>
void store_be(MutableBytes bytes, std::size_t offset, T value) {
  detail::store(bytes, offset, value, std::endian::big);
}
template <std::unsigned_integral T>
void store_le(MutableBytes bytes, std::size_t offset, T value) {
  detail::store(bytes, offset, value, std::endian::little);
}

// nullopt when the result does not fit 64 bits.
inline std::optional<std::uint64_t> checked_add(std::uint64_t a,
                                                std::uint64_t b) {
  std::uint64_t sum;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}
inline std::optional<std::uint64_t> checked_multiply(std::uint64_t a,
                                                     std::uint64_t b) {
  std::uint64_t product;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

// REQUIRES: unit > 0; for round_up also that the result fits 64 bits.
constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t unit) {
  return value / unit + (value % unit != 0);
}
constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return divide_up(value, unit) * unit;
}
constexpr std::uint64_t round_down(std::uint64_t value, std::uint64_t unit) {
  return value - value % unit;
}

}  // namespace platter
