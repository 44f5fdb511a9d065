// include/platter/base/bytes.h
//
// Raw bytes: who owns them (Bytes), who looks at them (ByteView), who fills
// them (MutableBytes). All sizes and offsets in Platter are bytes unless a
// name says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace platter {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;
inline constexpr std::uint64_t kTiB = 1024 * kGiB;

// A guest's smallest unit of placement: filesystems put files on these.
inline constexpr std::uint64_t kPageSize = 4 * kKiB;
// Guest sizes are multiples of this.
inline constexpr std::uint64_t kSectorSize = 512;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }
inline Bytes to_bytes(std::string_view text) {
  return to_bytes(as_bytes(text));
}

// Whether every byte is zero. True for an empty view.
bool all_zero(ByteView bytes) noexcept;

}  // namespace platter
