// src/image/node.cpp
#include "node.h"

#include <fmt/core.h>

#include "platter/base/error.h"
#include "platter/base/integers.h"

namespace platter::image {
namespace {

constexpr std::size_t kHeaderSize = 12;
constexpr std::uint8_t kVersion = 1;

[[noreturn]] void refuse(const NodeKind& kind, const std::string& why) {
  throw Error(Errc::damaged, fmt::format("{}: {}", kind.name, why));
}

}  // namespace

Bytes new_node(const NodeKind& kind, std::uint8_t height, std::size_t entries) {
  if (entries > kind.most_entries) {
    throw Error(Errc::too_large,
                fmt::format("{}: {} entries are more than the {} it can hold",
                            kind.name, entries, kind.most_entries));
  }
  Bytes node(kHeaderSize + entries * kind.entry_size);
  store_le<std::uint32_t>(node, 0, kind.magic);
  store_le<std::uint8_t>(node, 4, kVersion);
  store_le<std::uint8_t>(node, 5, height);
  store_le<std::uint32_t>(node, 8, static_cast<std::uint32_t>(entries));
  return node;
}

MutableBytes entry_of(const NodeKind& kind, Bytes& node, std::size_t entry) {
  return MutableBytes(node).subspan(kHeaderSize + entry * kind.entry_size,
                                    kind.entry_size);
}

bool NodeView::is_kind(const NodeKind& kind, ByteView bytes) noexcept {
  return bytes.size() >= kHeaderSize &&
         load_le<std::uint32_t>(bytes, 0) == kind.magic;
}

NodeView::NodeView(const NodeKind& kind, ByteView bytes)
    : bytes_(bytes), first_(kHeaderSize), entry_size_(kind.entry_size) {
  if (bytes.size() < kHeaderSize) {
    refuse(kind, fmt::format("{} bytes hold no header", bytes.size()));
  }
  if (const auto magic = load_le<std::uint32_t>(bytes, 0);
      magic != kind.magic) {
    refuse(kind, fmt::format("begins with {:#010x}", magic));
  }
  if (const auto version = load_le<std::uint8_t>(bytes, 4);
      version != kVersion || load_le<std::uint16_t>(bytes, 6) != 0) {
    refuse(kind, fmt::format("version {} is not known", version));
  }
  height_ = load_le<std::uint8_t>(bytes, 5);
  if (height_ < kind.least_height || height_ > kind.most_height) {
    refuse(kind, fmt::format("height {} is not allowed", height_));
  }
  entries_ = load_le<std::uint32_t>(bytes, 8);
  if (entries_ > kind.most_entries ||
      bytes.size() != kHeaderSize + entries_ * kind.entry_size) {
    refuse(kind, fmt::format("{} entries do not make {} bytes", entries_,
                             bytes.size()));
  }
}

std::string place_of(const store::ChunkRef& ref) {
  return fmt::format("slot {} of pack {}", ref.slot, ref.pack);
}

}  // namespace platter::image
