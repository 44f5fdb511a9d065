// tests/image/disk_map_test.cpp: disks read back from their maps.
#include "platter/image/disk_map.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "laws/byte_source.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "sample_disk_map.h"
#include "stores.h"
#include "support/disks.h"
#include "support/errors.h"
#include "support/sparse.h"

namespace platter::image {
namespace {

using block::ExtentKind;
using test::has_code;
using test::says;

constexpr store::ChunkRef kSomeChunk{1, 7, 0x1122334455667788};

Bytes bytes_of(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values) bytes.push_back(std::byte(value));
  return bytes;
}

BOOST_FIXTURE_TEST_SUITE(image_disk_map, test::StoreInFolder)

BOOST_AUTO_TEST_CASE(a_disk_reads_as_the_bytes_it_was_made_of) {
  std::uint64_t seed = 0;
  for (const std::uint64_t size :
       {std::uint64_t{512}, kPageSize, 10 * kPageSize, 3 * kMiB + 512,
        kLeafSpan, kLeafSpan + 512, 2 * kLeafSpan + 5 * kMiB + 1024}) {
    for (const unsigned data_percent : {0u, 3u, 40u, 100u}) {
      ++seed;
      const Bytes disk = test::random_disk(size, seed, data_percent);
      const auto source = open_disk(*store, test::put_disk(*store, disk, seed));
      test::check_byte_source(*source, disk, seed);
    }
  }
}

BOOST_AUTO_TEST_CASE(counts_say_what_is_in_use) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Bytes disk = test::random_disk(2 * kLeafSpan, seed, 2);
    const auto in_use = [&](std::uint64_t unit) {
      std::uint64_t used = 0;
      for (std::uint64_t at = 0; at < disk.size(); at += unit) {
        used += !all_zero(ByteView(disk).subspan(at, unit));
      }
      return used;
    };
    const Counts expected{in_use(64 * kKiB), in_use(kMiB), in_use(2 * kMiB)};
    BOOST_CHECK(test::put_disk(*store, disk, seed).root.counts == expected);
  }
}

BOOST_AUTO_TEST_CASE(tallies_agree_with_the_extents) {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const std::uint64_t size = seed * kLeafSpan - seed * 512;
    const auto disk = open_disk(
        *store, test::put_disk(*store, test::random_disk(size, seed, 1), seed));
    const auto told = disk->tallies();
    BOOST_TEST(told.has_value() == (seed > 1));  // one leaf has no parent
    if (told) BOOST_CHECK(*told == *test::TalliedDisk(disk).tallies());
  }
  BOOST_TEST(open_disk(*store, {kTiB, {}})->tallies()->empty());
}

BOOST_AUTO_TEST_CASE(the_same_bytes_give_the_same_map) {
  const Bytes disk = test::random_disk(kLeafSpan + kMiB, 5);
  BOOST_CHECK(test::put_disk(*store, disk, 5) ==
              test::put_disk(*store, disk, 5));
}

BOOST_AUTO_TEST_CASE(stored_size_counts_each_chunk_once) {
  const auto one = store->put(pack::Kind::data, test::random_bytes(8192, 1));
  const auto two = store->put(pack::Kind::data, test::random_bytes(4096, 2));
  const auto leaf =
      encode_disk_leaf({{0, 1, one, 0}, {1, 1, one, 1}, {9, 1, two, 0}});
  const auto ref = store->put(pack::Kind::node, leaf.bytes);
  TreeBuilder tree(*store, 3 * kLeafSpan);
  tree.add_leaf(0, ref, leaf.counts);
  tree.add_leaf(2, ref, leaf.counts);

  BOOST_TEST(stored_size(*store, {3 * kLeafSpan, tree.finish()}) ==
             store->stored_length(one) + store->stored_length(two));
  BOOST_TEST(stored_size(*store, {kTiB, {}}) == 0u);

  const auto lost = encode_disk_leaf({{0, 1, {one.pack, 4'000'000'000, 1}, 0}});
  const TreeRoot root{store->put(pack::Kind::node, lost.bytes), 0,
                      lost.counts.sum()};
  BOOST_CHECK_EXCEPTION(stored_size(*store, {kLeafSpan, root}), Error,
                        has_code(Errc::damaged));
}

BOOST_AUTO_TEST_CASE(a_disk_without_data_is_one_hole) {
  const auto disk = open_disk(*store, {10 * kTiB, {}});
  BOOST_CHECK((disk->extent_at(512) ==
               block::Extent{512, 10 * kTiB - 512, ExtentKind::zero}));
  Bytes read(kMiB, std::byte{1});
  disk->read(9 * kTiB - 7, read);
  BOOST_TEST(all_zero(read));
}

BOOST_AUTO_TEST_CASE(a_huge_sparse_disk_is_walked_by_its_extents) {
  const Bytes page = test::random_bytes(kPageSize, 1);
  const auto chunk = store->put(pack::Kind::data, page);
  TreeBuilder tree(*store, 10 * kTiB);
  const auto add = [&](std::uint64_t leaf, std::uint32_t at) {
    const auto encoded = encode_disk_leaf({{at, 1, chunk, 0}});
    tree.add_leaf(leaf, store->put(pack::Kind::node, encoded.bytes),
                  encoded.counts);
  };
  add(7, 16383);
  add(8, 0);  // its data touches that of leaf 7
  add(100'000, 5);
  const auto disk = open_disk(*store, {10 * kTiB, tree.finish()});

  std::vector<block::Extent> extents;
  std::size_t steps = 0;
  for (std::uint64_t at = 0; at < disk->size(); ++steps) {
    at = disk->extent_at(at).end();
  }
  block::for_each_extent(*disk, 0, disk->size(),
                         [&](const block::Extent& e) { extents.push_back(e); });

  const std::uint64_t first = 8 * kLeafSpan - kPageSize;
  const std::uint64_t second = 100'000 * kLeafSpan + 5 * kPageSize;
  const std::vector<block::Extent> expected{
      {0, first, ExtentKind::zero},
      {first, 2 * kPageSize, ExtentKind::data},
      {first + 2 * kPageSize, second - first - 2 * kPageSize, ExtentKind::zero},
      {second, kPageSize, ExtentKind::data},
      {second + kPageSize, 10 * kTiB - second - kPageSize, ExtentKind::zero}};
  BOOST_CHECK(extents == expected);
  BOOST_TEST(steps <= 8u);
  Bytes read(kPageSize);
  disk->read(second, read);
  BOOST_CHECK(read == page);
}

BOOST_AUTO_TEST_CASE(several_threads_read_one_disk) {
  // More leaves than a disk keeps open, each with one page that says which.
  constexpr std::uint64_t kLeaves = 12;
  TreeBuilder tree(*store, kLeaves * kLeafSpan);
  for (std::uint64_t leaf = 0; leaf < kLeaves; ++leaf) {
    const Bytes page(kPageSize, std::byte(leaf + 1));
    const auto encoded =
        encode_disk_leaf({{3, 1, store->put(pack::Kind::data, page), 0}});
    tree.add_leaf(leaf, store->put(pack::Kind::node, encoded.bytes),
                  encoded.counts);
  }
  const auto disk = open_disk(*store, {kLeaves * kLeafSpan, tree.finish()});

  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int thread = 0; thread < 4; ++thread) {
    readers.emplace_back([&, thread] {
      test::Random random(thread);
      for (int i = 0; i < 2000; ++i) {
        const std::uint64_t leaf = random.below(kLeaves);
        const std::uint64_t at = leaf * kLeafSpan + 3 * kPageSize;
        Bytes read(100);
        disk->read(at, read);
        wrong += read != Bytes(100, std::byte(leaf + 1));
        wrong += disk->extent_at(at) !=
                 block::Extent{at, kPageSize, ExtentKind::data};
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(leaves_and_nodes_have_the_bytes_of_the_document) {
  const auto leaf = encode_disk_leaf({{0, 2, kSomeChunk, 0}});
  BOOST_CHECK(
      leaf.bytes ==
      bytes_of({0x50, 0x54, 0x64, 0x6c, 1,    0,    0,    0,    1, 0, 0, 0,  //
                0,    0,    2,    0,                                         //
                1,    0,    0,    0,    0,    0,    0,    0,    7, 0, 0, 0,  //
                0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,              //
                0,    0}));

  TreeBuilder tree(*store, 129 * kMiB);
  tree.add_leaf(0, {1, 8, 0x99aabbccddeeff00}, leaf.counts);
  const TreeRoot root = tree.finish();
  BOOST_TEST(root.height == 1);
  BOOST_CHECK((root.counts == Counts{1, 1, 1}));
  BOOST_CHECK(
      *store->get(root.ref) ==
      bytes_of({0x50, 0x54, 0x6c, 0x70, 1,    1,    0,    0,    1, 0, 0, 0,  //
                0,    0,                                                     //
                1,    0,    0,    0,    0,    0,    0,    0,    8, 0, 0, 0,  //
                0x00, 0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99,              //
                1,    0,                                                     //
                1,    0,    0,    0,    0,    0,    0,    0}));
}

BOOST_AUTO_TEST_CASE(decoding_undoes_encoding) {
  test::Random random(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<DiskExtent> extents;
    std::uint64_t page = random.below(50);
    while (true) {
      const std::uint64_t pages = 1 + random.below(round < 100 ? 3000 : 30);
      if (page + pages > 16384) break;
      extents.push_back(
          {static_cast<std::uint32_t>(page),
           static_cast<std::uint32_t>(pages),
           {1 + random.next() / 2, static_cast<std::uint32_t>(random.next()),
            random.next()},
           static_cast<std::uint32_t>(random.below(4096 - pages + 1))});
      page += pages + random.below(40);
    }
    BOOST_REQUIRE(decode_disk_leaf(encode_disk_leaf(extents).bytes) == extents);
  }
}

BOOST_AUTO_TEST_CASE(implausible_extents_are_damaged) {
  const std::vector<DiskExtent> cases[] = {
      {{0, 0, kSomeChunk, 0}},                         // no pages
      {{16383, 2, kSomeChunk, 0}},                     // past the leaf
      {{0, 1, {}, 0}},                                 // no chunk
      {{0, 2, kSomeChunk, 4095}},                      // past any chunk
      {{5, 2, kSomeChunk, 0}, {6, 1, kSomeChunk, 0}},  // overlap
      {{5, 2, kSomeChunk, 0}, {0, 1, kSomeChunk, 0}},  // order
  };
  for (const auto& extents : cases) {
    const Bytes leaf = encode_disk_leaf(extents).bytes;
    BOOST_CHECK_EXCEPTION(decode_disk_leaf(leaf), Error,
                          says(Errc::damaged, "leaf of a disk map"));
  }
}

BOOST_AUTO_TEST_CASE(damaged_leaves_never_do_worse_than_damaged) {
  const Bytes good = encode_disk_leaf({{0, 3, kSomeChunk, 0},
                                       {3, 1, kSomeChunk, 9},
                                       {900, 16, kSomeChunk, 1}})
                         .bytes;
  for (std::size_t length = 0; length < good.size(); ++length) {
    BOOST_CHECK_EXCEPTION(decode_disk_leaf(ByteView(good).first(length)), Error,
                          has_code(Errc::damaged));
  }
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes leaf = good;
      leaf[at] ^= std::byte(1 << bit);
      const DiskMap map{kLeafSpan,
                        {store->put(pack::Kind::node, leaf), 0, Counts{}}};
      Bytes read(kPageSize);
      try {
        const auto disk = open_disk(*store, map);
        disk->extent_at(0);
        disk->read(900 * kPageSize, read);  // of a chunk that is not there
        BOOST_CHECK(all_zero(read));
      } catch (const Error& error) {
        BOOST_REQUIRE(error.code() == Errc::damaged);
        ++refused;
      }
    }
  }
  // All but those that move the third extent elsewhere.
  BOOST_TEST(refused > good.size() * 8 - 32);
}

BOOST_AUTO_TEST_CASE(a_chunk_that_is_too_short_is_damaged) {
  const auto chunk =
      store->put(pack::Kind::data, test::random_bytes(2 * kPageSize + 512, 1));
  const auto map_of = [&](std::uint64_t size) {
    const auto leaf = encode_disk_leaf({{0, 3, chunk, 0}});
    return DiskMap{
        size, {store->put(pack::Kind::node, leaf.bytes), 0, leaf.counts.sum()}};
  };
  Bytes read(512);
  open_disk(*store, map_of(2 * kPageSize + 512))->read(2 * kPageSize, read);
  const auto longer = open_disk(*store, map_of(3 * kPageSize));
  BOOST_CHECK_EXCEPTION(longer->read(2 * kPageSize + 512, read), Error,
                        says(Errc::damaged, "slot"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::image
