// tests/format/round_trip_test.cpp: the law of formats, for disks of many
// sizes and shapes.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "platter/base/integers.h"
#include "support/sparse.h"

using namespace platter;
using format::Format;

namespace {

void check_all_formats(const Bytes& disk) {
  for (const Format format : format::kFormats) {
    BOOST_TEST_CONTEXT(name_of(format) << " of " << disk.size() << " bytes") {
      test::check_round_trip(format, std::make_shared<test::SparseMemory>(disk),
                             disk);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(round_trip)

BOOST_AUTO_TEST_CASE(disks_of_many_sizes) {
  for (const std::uint64_t size :
       {512ul, 1536ul, 65'024ul, 64 * kKiB, 64 * kKiB + 512, 198'144ul, kMiB,
        5 * kMiB + 3'584}) {
    check_all_formats(test::random_disk(size, size));
  }
}

BOOST_AUTO_TEST_CASE(empty_full_and_sparse_disks) {
  for (const std::uint64_t size : {512ul, 64 * kKiB, 3 * kMiB + 1'024}) {
    check_all_formats(Bytes(size));
    check_all_formats(test::random_disk(size, 4, 100));
    check_all_formats(test::random_disk(size, 5, 3));
  }
}

BOOST_AUTO_TEST_CASE(two_views_of_one_disk_are_the_same_file) {
  const auto disk =
      std::make_shared<test::SparseMemory>(test::random_disk(kMiB, 6));
  for (const Format format : format::kFormats) {
    const auto one = make_view(format, disk, test::some_identity());
    const auto other = make_view(format, disk, test::some_identity());
    BOOST_CHECK(test::same_bytes(read_all(*one), read_all(*other)));
  }
}

BOOST_AUTO_TEST_CASE(disks_over_several_l2_tables) {
  // Data at the borders of tables, and a table that is not there.
  const std::uint64_t size = 2 * kGiB + 512 * kMiB + 512;
  const auto guest = std::make_shared<test::PatternDisk>(
      size, std::map<std::uint64_t, std::uint64_t>{{0, 1},
                                                   {512 * kMiB - 1, 2},
                                                   {kGiB - 200'000, 200'000},
                                                   {size - 512, 512}});
  const auto view = make_view(Format::qcow2, guest, test::some_identity());
  test::check_byte_source(*view, read_all(*view));
  const auto opened = open_guest(Format::qcow2, view);
  BOOST_REQUIRE_EQUAL(opened->size(), size);
  test::check_placements(*opened, *view);
  test::check_walks(*opened, 1);
  for (const auto& [offset, length] : {std::pair{0ul, 200'000ul},
                                       {512 * kMiB - 70'000, 140'000},
                                       {kGiB - 300'000, 400'000},
                                       {size - 100'000, 100'000}}) {
    Bytes expected(length), found(length);
    guest->read(offset, expected);
    opened->read(offset, found);
    BOOST_CHECK(test::same_bytes(expected, found));
  }
}

BOOST_AUTO_TEST_CASE(a_disk_of_ten_tebibytes) {
  const std::uint64_t size = 10 * kTiB;
  std::map<std::uint64_t, std::uint64_t> data;
  test::Random random(7);
  for (int n = 0; n < 300; ++n) {
    data[random.below(size / kMiB) * kMiB] = random.below(300'000) + 1;
  }
  const auto guest = std::make_shared<test::PatternDisk>(size, data);
  const auto view = make_view(Format::qcow2, guest, test::some_identity());
  BOOST_CHECK_LT(view->size(), 300ul * 7 * 64 * kKiB + 20 * kMiB);
  const auto opened = open_guest(Format::qcow2, view);
  BOOST_REQUIRE_EQUAL(opened->size(), size);
  test::check_placements(*opened, *view);
  for (const auto& [offset, length] : data) {
    Bytes expected(length), found(length);
    guest->read(offset, expected);
    opened->read(offset, found);
    BOOST_REQUIRE(test::same_bytes(expected, found));
  }
}

BOOST_AUTO_TEST_CASE(what_a_view_can_hold) {
  for (const Format format : format::kFormats) {
    BOOST_CHECK(!can_hold(format, 0));
    BOOST_CHECK(!can_hold(format, 1'000));
    BOOST_CHECK(can_hold(format, 512));
    BOOST_CHECK(can_hold(format, 2040 * kGiB));
  }
  BOOST_CHECK(can_hold(Format::qcow2, 2048 * kTiB));
  BOOST_CHECK(!can_hold(Format::qcow2, 2048 * kTiB + 512));
  BOOST_CHECK(!can_hold(Format::vhd, 2040 * kGiB + 512));
  BOOST_CHECK(can_hold(Format::vhdx, 64 * kTiB));
  BOOST_CHECK(!can_hold(Format::vhdx, 64 * kTiB + 512));
}

BOOST_AUTO_TEST_SUITE_END()
