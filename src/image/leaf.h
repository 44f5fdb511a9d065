// src/image/leaf.h
//
// A leaf read in place: its entries are decoded one by one as they are asked
// for, and checked once, all of them, when the leaf is opened.
#pragma once

#include <fmt/core.h>

#include <concepts>
#include <utility>

#include "node.h"
#include "platter/base/error.h"
#include "platter/store/store.h"

namespace platter::image {

// How the entries of one kind of leaf are laid out. Positions are in the
// leaf's own unit: pages of a disk, bytes of a file.
template <typename T>
concept LeafCodec = requires(ByteView bytes, MutableBytes out,
                             const typename T::Entry& entry) {
  { T::kKind } -> std::convertible_to<const NodeKind&>;
  { T::kSpan } -> std::convertible_to<std::uint64_t>;
  { T::decode(bytes) } -> std::same_as<typename T::Entry>;
  {T::encode(entry, out)};
  { T::begin(entry) } -> std::same_as<std::uint64_t>;
  { T::end(entry) } -> std::same_as<std::uint64_t>;
  // Whether the entry makes sense, its order aside.
  { T::plausible(entry) } -> std::same_as<bool>;
};

// Immutable once made; cheap to copy.
template <LeafCodec Codec>
class Leaf {
 public:
  using Entry = typename Codec::Entry;

  // `owner`, if given, keeps the bytes alive. Throws Errc::damaged.
  explicit Leaf(ByteView bytes, store::Chunk owner = nullptr)
      : owner_(std::move(owner)), node_(Codec::kKind, bytes) {
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < node_.size(); ++i) {
      const Entry entry = (*this)[i];
      if (!Codec::plausible(entry) || Codec::begin(entry) < end ||
          Codec::end(entry) > Codec::kSpan) {
        throw Error(Errc::damaged,
                    fmt::format("{}: entry {} ({} to {}) is out of place",
                                Codec::kKind.name, i, Codec::begin(entry),
                                Codec::end(entry)));
      }
      end = Codec::end(entry);
    }
  }

  std::size_t size() const noexcept { return node_.size(); }
  // REQUIRES: i < size().
  Entry operator[](std::size_t i) const { return Codec::decode(node_[i]); }

  // The first entry that ends past `position`; size() if there is none.
  std::size_t find(std::uint64_t position) const {
    std::size_t low = 0;
    std::size_t high = size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (Codec::end((*this)[middle]) > position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

 private:
  store::Chunk owner_;
  NodeView node_;
};

template <LeafCodec Codec>
Bytes encode_leaf(const std::vector<typename Codec::Entry>& entries) {
  Bytes node = new_node(Codec::kKind, 0, entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Codec::encode(entries[i], entry_of(Codec::kKind, node, i));
  }
  return node;
}

template <LeafCodec Codec>
std::vector<typename Codec::Entry> decode_leaf(ByteView bytes) {
  const Leaf<Codec> leaf(bytes);
  std::vector<typename Codec::Entry> entries;
  entries.reserve(leaf.size());
  for (std::size_t i = 0; i < leaf.size(); ++i) entries.push_back(leaf[i]);
  return entries;
}

}  // namespace platter::image
