// tests/image/original_test.cpp: uploaded files read back from their recipes.
#include "platter/image/original.h"

#include <boost/test/unit_test.hpp>

#include "laws/byte_source.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "sample_disk_map.h"
#include "stores.h"
#include "support/disks.h"
#include "support/errors.h"
#include "support/sparse.h"

namespace platter::image {
namespace {

using test::has_code;

struct Placement {
  std::uint64_t file_offset;
  std::uint64_t guest_offset;
  std::uint64_t length;
};

struct Fixture : test::StoreInFolder {
  // Keeps `file` with these parts of it pointing into the guest.
  Original keep(const Bytes& file, const std::vector<Placement>& placements,
                std::uint64_t seed) {
    Bytes literal = file;
    FileMapBuilder runs(*store, file.size());
    for (const Placement& part : placements) {
      runs.add(part.file_offset, part.guest_offset, part.length);
      std::fill_n(literal.begin() + part.file_offset, part.length,
                  std::byte{0});
    }
    return {file.size(), runs.finish(), test::put_disk(*store, literal, seed)};
  }
};

// Parts of the file, in order, whose bytes are copied from random places of
// the guest; all multiples of `unit`.
std::vector<Placement> random_placements(Bytes& file, const Bytes& guest,
                                         std::uint64_t unit,
                                         test::Random& random) {
  std::vector<Placement> placements;
  std::uint64_t at = random.below(40) * unit;
  while (at < file.size()) {
    const std::uint64_t length =
        std::min({file.size() - at, guest.size(),
                  (1 + random.below(random.below(8) == 0 ? 2000 : 40)) * unit});
    const std::uint64_t from =
        round_down(random.below(guest.size() - length + 1), unit);
    placements.push_back({at, from, length});
    std::copy_n(guest.begin() + from, length, file.begin() + at);
    at += length + random.below(3) * random.below(30) * unit;
  }
  return placements;
}

BOOST_FIXTURE_TEST_SUITE(image_original, Fixture)

BOOST_AUTO_TEST_CASE(a_file_reads_as_it_was_uploaded) {
  std::uint64_t seed = 0;
  for (const std::uint64_t size :
       {std::uint64_t{700}, 3 * kMiB + 77, kLeafSpan + 5 * kMiB + 1}) {
    for (const std::uint64_t unit : {std::uint64_t{512}, 64 * kKiB}) {
      test::Random random(++seed);
      const Bytes guest = test::random_disk(size + kMiB, seed);
      Bytes file = test::random_disk(size, seed + 1000);
      const auto placements = random_placements(file, guest, unit, random);
      const auto source =
          open_original(*store, keep(file, placements, seed),
                        std::make_shared<test::SparseMemory>(guest));
      test::check_byte_source(*source, file, seed);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_raw_file_is_its_guest) {
  const Bytes guest = test::random_disk(3 * kLeafSpan, 9, 1);
  FileMapBuilder runs(*store, guest.size());
  runs.add(0, 0, guest.size());
  const Original original{guest.size(), runs.finish(), {guest.size(), {}}};
  const auto source = open_original(
      *store, original, open_disk(*store, test::put_disk(*store, guest, 9)));
  test::check_byte_source(*source, guest);
}

BOOST_AUTO_TEST_CASE(linear_stretches_cost_one_leaf) {
  FileMapBuilder runs(*store, kTiB);
  runs.add(0, kMiB, kTiB);
  const TreeRoot root = runs.finish();

  const TreeReader tree(*store, root, kTiB);
  const std::vector<FileRun> whole{{0, kLeafSpan, kMiB}};
  BOOST_CHECK(decode_file_leaf(*tree.leaf(0)) == whole);
  BOOST_CHECK(decode_file_leaf(*tree.leaf(16383)) == whole);
  BOOST_CHECK(store->stats().puts - store->stats().duplicates < 20u);
}

BOOST_AUTO_TEST_CASE(runs_are_split_at_leaves_and_joined_when_they_meet) {
  FileMapBuilder runs(*store, 3 * kLeafSpan);
  runs.add(512, 0, 512);
  runs.add(1024, 512, 512);            // goes on
  runs.add(1536, 4096, 512);           // another shift
  runs.add(kLeafSpan - 512, 0, 1024);  // over the border
  const TreeRoot root = runs.finish();

  const TreeReader tree(*store, root, 3 * kLeafSpan);
  const auto border = static_cast<std::uint32_t>(kLeafSpan - 512);
  const std::int64_t back = 512 - static_cast<std::int64_t>(kLeafSpan);
  BOOST_CHECK((decode_file_leaf(*tree.leaf(0)) ==
               std::vector<FileRun>{
                   {512, 1024, -512}, {1536, 512, 2560}, {border, 512, back}}));
  BOOST_CHECK((decode_file_leaf(*tree.leaf(1)) ==
               std::vector<FileRun>{{0, 512, back}}));
  BOOST_CHECK(!tree.leaf(2));
}

BOOST_AUTO_TEST_CASE(runs_that_overlap_or_pass_the_end_are_refused) {
  FileMapBuilder runs(*store, 2 * kLeafSpan);
  runs.add(kLeafSpan, 0, 1024);
  BOOST_CHECK_EXCEPTION(runs.add(kLeafSpan + 512, 0, 1024), Error,
                        has_code(Errc::invalid));
  BOOST_CHECK_EXCEPTION(runs.add(2 * kLeafSpan - 1, 0, 2), Error,
                        has_code(Errc::invalid));
  BOOST_CHECK_EXCEPTION(runs.add(0, 0, 512), Error, has_code(Errc::invalid));
}

BOOST_AUTO_TEST_CASE(runs_outside_the_guest_are_damaged) {
  const auto guest = block::zero_source(kMiB);
  for (const std::int64_t shift :
       {std::int64_t{1}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) {
    const Bytes leaf = encode_file_leaf({{0, kMiB, shift}});
    const Original original{
        kMiB, {store->put(pack::Kind::node, leaf), 0, {}}, {kMiB, {}}};
    const auto source = open_original(*store, original, guest);
    Bytes read(512);
    BOOST_CHECK_EXCEPTION(source->read(0, read), Error,
                          has_code(Errc::damaged));
    BOOST_CHECK_EXCEPTION(source->extent_at(0), Error, has_code(Errc::damaged));
  }
}

BOOST_AUTO_TEST_CASE(a_literal_of_another_size_is_damaged) {
  BOOST_CHECK_EXCEPTION(
      open_original(*store, {kMiB, {}, {kMiB - 1, {}}}, block::zero_source(0)),
      Error, has_code(Errc::damaged));
}

BOOST_AUTO_TEST_CASE(implausible_runs_are_damaged) {
  const std::uint32_t end = kLeafSpan;
  const std::vector<FileRun> cases[] = {
      {{0, 0, 0}},                 // empty
      {{end - 1, 2, 0}},           // past the leaf
      {{0, 0xffffffff, 0}},        // far past the leaf
      {{0, 10, 0}, {9, 1, 0}},     // overlap
      {{100, 10, 0}, {0, 10, 0}},  // order
  };
  for (const auto& runs : cases) {
    BOOST_CHECK_EXCEPTION(decode_file_leaf(encode_file_leaf(runs)), Error,
                          has_code(Errc::damaged));
  }
}

BOOST_AUTO_TEST_CASE(flipped_bytes_never_do_worse_than_damaged) {
  const auto guest = block::zero_source(kMiB);
  const Bytes good =
      encode_file_leaf({{0, 512, 0}, {512, 99, -512}, {7000, 1, 3}});
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes leaf = good;
      leaf[at] ^= std::byte(1 << bit);
      const Original original{
          kMiB, {store->put(pack::Kind::node, leaf), 0, {}}, {kMiB, {}}};
      try {
        test::check_byte_source(*open_original(*store, original, guest),
                                Bytes(kMiB));
      } catch (const Error& error) {
        BOOST_REQUIRE(error.code() == Errc::damaged);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::image
