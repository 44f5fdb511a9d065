// tests/image/extent_tree_test.cpp: trees of every height, dense and sparse.
#include "platter/image/extent_tree.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "stores.h"
#include "support/disks.h"
#include "support/errors.h"

namespace platter::image {
namespace {

using test::has_code;
using Leaves = std::set<std::uint64_t>;

struct Fixture : test::StoreInFolder {
  // A leaf's bytes say its number.
  static Bytes leaf_bytes(std::uint64_t index) {
    Bytes bytes(8);
    store_le(bytes, 0, index);
    return bytes;
  }
  static LeafCounts counts_of(std::uint64_t index) {
    return {static_cast<std::uint16_t>(2 + index % 14),
            std::uint64_t{1} << index % 64 | std::uint64_t{1} << index % 7};
  }
  TreeRoot build(const Leaves& leaves, std::uint64_t size) {
    TreeBuilder tree(*store, size);
    for (const std::uint64_t index : leaves) {
      tree.add_leaf(index, store->put(pack::Kind::node, leaf_bytes(index)),
                    counts_of(index));
    }
    return tree.finish();
  }
  // Builds the tree and asks for every leaf that is there, and for the places
  // around it.
  TreeRoot check(const Leaves& leaves, std::uint64_t size) {
    const TreeRoot root = build(leaves, size);
    const TreeReader tree(*store, root, size);
    Counts counts;
    for (const std::uint64_t index : leaves) {
      BOOST_REQUIRE(*tree.leaf(index) == leaf_bytes(index));
      counts += counts_of(index).sum();
      for (std::uint64_t at = index > 2 ? index - 2 : 0; at < index + 3; ++at) {
        BOOST_REQUIRE_EQUAL(tree.leaf(at) != nullptr, leaves.contains(at));
        const auto next = leaves.lower_bound(at);
        const auto found = tree.next_leaf(at);
        BOOST_REQUIRE_EQUAL(found.has_value(), next != leaves.end());
        if (found) BOOST_REQUIRE_EQUAL(*found, *next);
      }
    }
    BOOST_TEST(tree.next_leaf(0).has_value() == !leaves.empty());
    BOOST_CHECK(root.counts == counts);
    check_counts(tree, leaves, root.height > 0);
    return root;
  }
  // What is kept beside the leaves, unless the only one is the root.
  static void check_counts(const TreeReader& tree, const Leaves& leaves,
                           bool kept) {
    auto next = leaves.begin();
    const bool told =
        tree.for_each_leaf([&](std::uint64_t index, const LeafCounts& counts) {
          BOOST_REQUIRE(next != leaves.end() && index == *next++);
          BOOST_REQUIRE(counts == counts_of(index));
        });
    BOOST_TEST(told == (kept || leaves.empty()));
    if (told) BOOST_CHECK(next == leaves.end());
  }
};

Leaves first_leaves(std::uint64_t count) {
  Leaves leaves;
  for (std::uint64_t i = 0; i < count; ++i) leaves.insert(i);
  return leaves;
}

BOOST_FIXTURE_TEST_SUITE(image_extent_tree, Fixture)

BOOST_AUTO_TEST_CASE(a_tree_without_leaves_is_a_hole) {
  for (const std::uint64_t size : {std::uint64_t{0}, kLeafSpan, 10 * kTiB}) {
    BOOST_CHECK(check({}, size) == TreeRoot{});
  }
}

BOOST_AUTO_TEST_CASE(height_follows_from_the_size) {
  BOOST_TEST(check({0}, 1).height == 0);
  BOOST_TEST(check({0}, kLeafSpan).height == 0);
  BOOST_TEST(check({0}, kLeafSpan + 1).height == 1);
  BOOST_TEST(check({0, 1}, 2 * kLeafSpan).height == 1);
  BOOST_TEST(check(first_leaves(1024), 1024 * kLeafSpan).height == 1);
  BOOST_TEST(check(first_leaves(1025), 1025 * kLeafSpan).height == 2);
  BOOST_TEST(check({0, 1 << 20}, kLeafSpan * ((1 << 20) + 1)).height == 3);
}

BOOST_AUTO_TEST_CASE(sparse_trees_know_their_leaves) {
  test::Random random(11);
  for (const std::uint64_t size :
       {3 * kLeafSpan, kTiB, 10 * kTiB, 64 * kTiB, 1024 * kTiB, 65536 * kTiB}) {
    Leaves leaves{0, size / kLeafSpan - 1};
    for (int i = 0; i < 12; ++i) leaves.insert(random.below(size / kLeafSpan));
    check(leaves, size);
  }
}

BOOST_AUTO_TEST_CASE(holes_are_passed_by_inner_nodes) {
  const std::uint64_t last = 10 * kTiB / kLeafSpan - 1;
  const TreeRoot root = build({0, last}, 10 * kTiB);
  const TreeReader tree(*store, root, 10 * kTiB);
  const auto reads = [&] {
    const store::Stats stats = store->stats();
    return stats.cache_hits + stats.cache_misses;
  };
  const auto before = reads();

  BOOST_TEST(*tree.next_leaf(1) == last);

  BOOST_TEST(reads() - before <= 3u);
}

BOOST_AUTO_TEST_CASE(trees_share_what_is_equal) {
  const TreeRoot one = build({1, 2000, 5000}, kTiB);
  const auto stored = store->stats().stored_bytes;
  BOOST_CHECK(build({1, 2000, 5000}, kTiB) == one);
  BOOST_TEST(store->stats().stored_bytes == stored);
}

BOOST_AUTO_TEST_CASE(leaves_come_in_any_order_but_once_and_within) {
  TreeBuilder tree(*store, 5 * kLeafSpan);
  const auto leaf = [&](std::uint64_t index) {
    return store->put(pack::Kind::node, leaf_bytes(index));
  };
  tree.add_leaf(4, leaf(4), {});
  tree.add_leaf(1, leaf(1), {});
  BOOST_CHECK_EXCEPTION(tree.add_leaf(4, leaf(4), {}), Error,
                        has_code(Errc::invalid));
  BOOST_CHECK_EXCEPTION(tree.add_leaf(5, leaf(5), {}), Error,
                        has_code(Errc::invalid));
  const TreeRoot root = tree.finish();
  BOOST_TEST(*TreeReader(*store, root, 5 * kLeafSpan).next_leaf(2) == 4u);
}

BOOST_AUTO_TEST_CASE(nothing_beyond_64_pib_is_mapped) {
  BOOST_CHECK_EXCEPTION(TreeBuilder(*store, 65536 * kTiB + 1), Error,
                        has_code(Errc::too_large));
}

BOOST_AUTO_TEST_CASE(a_root_of_another_height_is_damaged) {
  TreeRoot root = build({0, 9}, 10 * kLeafSpan);
  for (const int height : {0, 2, 255}) {
    root.height = static_cast<std::uint8_t>(height);
    BOOST_CHECK_EXCEPTION(TreeReader(*store, root, 10 * kLeafSpan), Error,
                          has_code(Errc::damaged));
  }
  root.height = 1;
  BOOST_CHECK_EXCEPTION(TreeReader(*store, root, 0), Error,
                        has_code(Errc::damaged));
}

BOOST_AUTO_TEST_CASE(flipped_bytes_of_inner_nodes_never_do_worse) {
  const std::uint64_t size = 3000 * kLeafSpan;
  const TreeRoot root = build({0, 5, 1023, 2047, 2999}, size);
  const Bytes good = *store->get(root.ref);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes node = good;
      node[at] ^= std::byte(1 << bit);
      TreeRoot bad = root;
      bad.ref = store->put(pack::Kind::node, node);
      const TreeReader tree(*store, bad, size);
      try {
        for (const std::uint64_t index : {0, 5, 1023, 1024, 2047, 2999}) {
          tree.leaf(index);
          tree.next_leaf(index);
        }
        tree.for_each_leaf([](std::uint64_t, const LeafCounts&) {});
      } catch (const Error& error) {
        BOOST_REQUIRE(error.code() == Errc::damaged);
        ++refused;
      }
    }
  }
  // What is left are counts that stay plausible.
  BOOST_TEST(refused > good.size() * 8 / 2);
}

BOOST_AUTO_TEST_CASE(what_is_no_inner_node_is_damaged) {
  const std::uint64_t size = 2 * kLeafSpan;
  const Bytes good = *store->get(build({0, 1}, size).ref);
  const auto refused = [&](const Bytes& node) {
    const TreeRoot root{store->put(pack::Kind::node, node), 1, {}};
    BOOST_CHECK_EXCEPTION(TreeReader(*store, root, size).leaf(0), Error,
                          has_code(Errc::damaged));
  };
  for (std::size_t length = 1; length < good.size(); ++length) {
    refused(Bytes(good.begin(), good.begin() + length));
  }
  Bytes longer = good;
  longer.push_back(std::byte{0});
  refused(longer);
  Bytes empty(good.begin(), good.begin() + 12);
  empty[8] = std::byte{0};  // no child
  refused(empty);
  Bytes beyond = good;
  beyond[12 + 32] = std::byte{2};  // the second child is past the disk's end
  refused(beyond);
  Bytes twice = good;
  twice[12 + 32] = std::byte{0};
  refused(twice);
  Bytes contradicting = good;
  contradicting[12 + 22] = std::byte{33};  // clusters, of two MiB
  refused(contradicting);
}

// Such as were written before parents knew more than counts.
BOOST_AUTO_TEST_CASE(older_parents_of_leaves_are_read) {
  const std::uint64_t size = 2 * kLeafSpan;
  const store::ChunkRef leaf = store->put(pack::Kind::node, leaf_bytes(1));
  Bytes node(12 + 46);
  store_le<std::uint32_t>(node, 0, 0x6e695450);  // PTin
  store_le<std::uint16_t>(node, 4, 0x0101);      // version and height
  store_le<std::uint32_t>(node, 8, 1);
  store_le<std::uint16_t>(node, 12, 1);
  leaf.encode(MutableBytes(node).subspan(14, 20));
  for (const std::size_t at : {34, 42, 50}) {
    store_le<std::uint64_t>(node, at, 1);
  }
  const TreeReader tree(
      *store, {store->put(pack::Kind::node, node), 1, {1, 1, 1}}, size);
  BOOST_CHECK(*tree.leaf(1) == leaf_bytes(1));
  BOOST_TEST(*tree.next_leaf(0) == 1u);
  BOOST_TEST(!tree.for_each_leaf([](std::uint64_t, const LeafCounts&) {}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::image
