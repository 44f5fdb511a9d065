// src/image/extent_tree.cpp
#include "platter/image/extent_tree.h"

#include <fmt/core.h>

#include <bit>
#include <utility>

#include "node.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"

namespace platter::image {
namespace {

constexpr std::uint8_t kMostHeight = 3;
constexpr std::uint64_t kMostLeaves = kFanOut * kFanOut * kFanOut;

struct Entry {
  std::uint16_t index = 0;
  store::ChunkRef ref;
};

// Leaves below one node of this height.
constexpr std::uint64_t leaves_below(std::uint8_t height) {
  return std::uint64_t{1} << (10 * height);
}

std::uint8_t height_for(std::uint64_t leaf_count) {
  std::uint8_t height = 0;
  while (leaves_below(height) < leaf_count) ++height;
  return height;
}

void encode_child(std::uint16_t index, const store::ChunkRef& ref,
                  MutableBytes out) {
  store_le<std::uint16_t>(out, 0, index);
  ref.encode(out.subspan(2));
}

void encode_counts(const Counts& counts, MutableBytes out) {
  store_le<std::uint64_t>(out, 22, counts.clusters);
  store_le<std::uint64_t>(out, 30, counts.blocks_1mib);
  store_le<std::uint64_t>(out, 38, counts.blocks_2mib);
}

Counts decode_counts(ByteView entry) {
  return {load_le<std::uint64_t>(entry, 22), load_le<std::uint64_t>(entry, 30),
          load_le<std::uint64_t>(entry, 38)};
}

void encode_counts(const LeafCounts& counts, MutableBytes out) {
  store_le<std::uint16_t>(out, 22, counts.clusters);
  store_le<std::uint64_t>(out, 24, counts.mebibytes);
}

LeafCounts decode_leaf_counts(ByteView entry) {
  return {load_le<std::uint16_t>(entry, 22), load_le<std::uint64_t>(entry, 24)};
}

bool fits(const Counts& counts, std::uint64_t span) {
  return counts.clusters <= span / (64 * kKiB) &&
         counts.blocks_1mib <= span / kMiB &&
         counts.blocks_2mib <= span / (2 * kMiB);
}

// Each MiB that holds data has one to sixteen clusters that do.
bool agree(const LeafCounts& counts) {
  const auto mebibytes = static_cast<unsigned>(std::popcount(counts.mebibytes));
  return mebibytes <= counts.clusters && counts.clusters <= 16 * mebibytes;
}

// An inner node whose every entry was checked.
class InnerNode {
 public:
  // `leaf_count`: leaves the tree has from this node's first one on.
  InnerNode(store::Store& store, const store::ChunkRef& ref,
            std::uint8_t height, std::uint64_t leaf_count)
      : chunk_(store.get(ref)),
        has_leaf_counts_(NodeView::is_kind(kLeafParent, *chunk_)),
        node_(open(ref)) {
    if (node_.height() != height) {
      refuse(ref, fmt::format("height {} stands where {} belongs",
                              node_.height(), height));
    }
    const std::uint64_t child_leaves = leaves_below(height - 1);
    int before = -1;
    for (std::size_t i = 0; i < node_.size(); ++i) {
      const Entry entry = (*this)[i];
      if (entry.index <= before || entry.index >= kFanOut || !entry.ref ||
          entry.index * child_leaves >= leaf_count ||
          !counts_fit(i, child_leaves * kLeafSpan)) {
        refuse(ref, fmt::format("entry {} (child {}) is out of place", i,
                                entry.index));
      }
      before = entry.index;
    }
    if (before < 0) refuse(ref, "has no child");
  }

  std::size_t size() const noexcept { return node_.size(); }
  // REQUIRES: i < size().
  Entry operator[](std::size_t i) const {
    return {load_le<std::uint16_t>(node_[i]),
            store::ChunkRef::decode(node_[i].subspan(2))};
  }
  bool has_leaf_counts() const noexcept { return has_leaf_counts_; }
  // REQUIRES: has_leaf_counts(), i < size().
  LeafCounts leaf_counts(std::size_t i) const {
    return decode_leaf_counts(node_[i]);
  }

  // The first child at or after `index`.
  std::optional<Entry> child_from(std::uint64_t index) const {
    std::size_t low = 0;
    std::size_t high = node_.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (load_le<std::uint16_t>(node_[middle]) >= index) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    if (low == node_.size()) return std::nullopt;
    return (*this)[low];
  }

 private:
  NodeView open(const store::ChunkRef& ref) const {
    try {
      return NodeView(has_leaf_counts_ ? kLeafParent : kInnerNode, *chunk_);
    } catch (const Error& error) {
      refuse(ref, error.what());
    }
  }
  bool counts_fit(std::size_t i, std::uint64_t span) const {
    return has_leaf_counts_ ? agree(decode_leaf_counts(node_[i]))
                            : fits(decode_counts(node_[i]), span);
  }
  [[noreturn]] static void refuse(const store::ChunkRef& ref,
                                  const std::string& why) {
    throw Error(Errc::damaged,
                fmt::format("tree node in {}: {}", place_of(ref), why));
  }

  store::Chunk chunk_;
  bool has_leaf_counts_;
  NodeView node_;
};

}  // namespace

Counts& Counts::operator+=(const Counts& other) noexcept {
  clusters += other.clusters;
  blocks_1mib += other.blocks_1mib;
  blocks_2mib += other.blocks_2mib;
  return *this;
}

Counts LeafCounts::sum() const noexcept {
  constexpr std::uint64_t kEven = 0x5555'5555'5555'5555;
  const auto ones = [](std::uint64_t bits) {
    return static_cast<std::uint64_t>(std::popcount(bits));
  };
  return {clusters, ones(mebibytes),
          ones((mebibytes | mebibytes >> 1) & kEven)};
}

TreeBuilder::TreeBuilder(store::Store& store, std::uint64_t size)
    : store_(store), leaf_count_(divide_up(size, kLeafSpan)) {
  if (leaf_count_ > kMostLeaves) {
    throw Error(Errc::too_large,
                fmt::format("a disk of {} bytes is larger than 64 PiB, the "
                            "most a store can map",
                            size));
  }
}

void TreeBuilder::add_leaf(std::uint64_t index, const store::ChunkRef& leaf,
                           const LeafCounts& counts) {
  if (index >= leaf_count_ ||
      !level_.try_emplace(index, leaf, counts.sum(), counts).second) {
    throw Error(Errc::invalid,
                fmt::format("leaf {} of a tree of {} leaves is past its end "
                            "or there already",
                            index, leaf_count_));
  }
}

TreeRoot TreeBuilder::finish() {
  if (level_.empty()) return {};
  const std::uint8_t height = height_for(leaf_count_);
  for (std::uint8_t h = 1; h <= height; ++h) {
    std::map<std::uint64_t, Child> parents;
    auto child = level_.cbegin();
    while (child != level_.cend()) {
      const std::uint64_t parent = child->first / kFanOut;
      const auto end = level_.lower_bound((parent + 1) * kFanOut);
      parents.emplace(parent, put_node(h, child, end));
      child = end;
    }
    level_ = std::move(parents);
  }
  const Child& root = level_.at(0);
  return {root.ref, height, root.counts};
}

TreeBuilder::Child TreeBuilder::put_node(std::uint8_t height,
                                         Level::const_iterator begin,
                                         Level::const_iterator end) {
  const auto children = static_cast<std::size_t>(std::distance(begin, end));
  const NodeKind& kind = height == 1 ? kLeafParent : kInnerNode;
  Bytes node = new_node(kind, height, children);
  Child parent;
  std::size_t i = 0;
  for (auto child = begin; child != end; ++child, ++i) {
    const MutableBytes entry = entry_of(kind, node, i);
    const auto& [ref, counts, leaf] = child->second;
    encode_child(static_cast<std::uint16_t>(child->first % kFanOut), ref,
                 entry);
    if (height == 1) {
      encode_counts(leaf, entry);
    } else {
      encode_counts(counts, entry);
    }
    parent.counts += counts;
  }
  parent.ref = store_.put(pack::Kind::node, node);
  return parent;
}

TreeReader::TreeReader(store::Store& store, const TreeRoot& root,
                       std::uint64_t size)
    : store_(store), root_(root), leaf_count_(divide_up(size, kLeafSpan)) {
  if (!root_.ref) return;
  if (leaf_count_ == 0 || leaf_count_ > kMostLeaves ||
      root_.height != height_for(leaf_count_)) {
    throw Error(Errc::damaged,
                fmt::format("tree with its root in {}: height {} does not fit "
                            "a size of {} bytes",
                            place_of(root_.ref), root_.height, size));
  }
}

store::Chunk TreeReader::leaf(std::uint64_t index) const {
  if (!root_.ref || index >= leaf_count_) return nullptr;
  store::ChunkRef ref = root_.ref;
  std::uint64_t first = 0;  // leaf of the tree where the node begins
  for (std::uint8_t height = root_.height; height > 0; --height) {
    const InnerNode node(store_, ref, height, leaf_count_ - first);
    const std::uint64_t wanted = (index - first) / leaves_below(height - 1);
    const auto child = node.child_from(wanted);
    if (!child || child->index != wanted) return nullptr;
    ref = child->ref;
    first += wanted * leaves_below(height - 1);
  }
  return store_.get(ref);
}

std::optional<std::uint64_t> TreeReader::next_leaf(std::uint64_t index) const {
  if (!root_.ref || index >= leaf_count_) return std::nullopt;
  return next_below({root_.ref, root_.height, 0}, index);
}

std::optional<std::uint64_t> TreeReader::next_below(const Place& place,
                                                    std::uint64_t index) const {
  if (place.height == 0) return place.first;
  const InnerNode node(store_, place.ref, place.height,
                       leaf_count_ - place.first);
  const std::uint64_t child_leaves = leaves_below(place.height - 1);
  std::uint64_t wanted =
      index <= place.first ? 0 : (index - place.first) / child_leaves;
  while (const auto child = node.child_from(wanted)) {
    const std::uint64_t first = place.first + child->index * child_leaves;
    const Place below{child->ref, static_cast<std::uint8_t>(place.height - 1),
                      first};
    if (const auto found = next_below(below, index)) return found;
    wanted = child->index + 1u;
  }
  return std::nullopt;
}

bool TreeReader::for_each_leaf(const LeafVisitor& visit) const {
  return !root_.ref || visit_below({root_.ref, root_.height, 0}, visit);
}

bool TreeReader::visit_below(const Place& place,
                             const LeafVisitor& visit) const {
  if (place.height == 0) return false;
  const InnerNode node(store_, place.ref, place.height,
                       leaf_count_ - place.first);
  if (place.height == 1 && !node.has_leaf_counts()) return false;
  const auto height = static_cast<std::uint8_t>(place.height - 1);
  for (std::size_t i = 0; i < node.size(); ++i) {
    const Entry child = node[i];
    const std::uint64_t first =
        place.first + child.index * leaves_below(height);
    if (height == 0) {
      visit(first, node.leaf_counts(i));
    } else if (!visit_below({child.ref, height, first}, visit)) {
      return false;
    }
  }
  return true;
}

}  // namespace platter::image
