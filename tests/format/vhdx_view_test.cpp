// tests/format/vhdx_view_test.cpp: the VHDX that we show, its layout, size and
// holes.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "support/sparse.h"
#include "support/vhdx_file.h"

using namespace platter;
using format::Format;

namespace {

using Extents = std::map<std::uint64_t, std::uint64_t>;

block::SourcePtr view_of(std::uint64_t size, const Extents& data) {
  return make_view(Format::vhdx,
                   std::make_shared<test::PatternDisk>(size, data),
                   test::some_identity());
}

Bytes part_of(const block::ByteSource& source, std::uint64_t offset,
              std::uint64_t length) {
  Bytes part(length);
  source.read(offset, part);
  return part;
}

std::uint64_t entry_of(const block::ByteSource& view, std::uint64_t index) {
  return load_le<std::uint64_t>(part_of(view, 3 * kMiB + 8 * index, 8));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vhdx_view)

// The example of docs/format/vhdx.md.
BOOST_AUTO_TEST_CASE(a_disk_of_five_mebibytes) {
  const auto view = view_of(5 * kMiB, {{kMiB, 1}, {4 * kMiB, 512}});
  BOOST_CHECK_EQUAL(view->size(), 6 * kMiB);
  const test::VhdxFile written;  // from the specification
  const auto same = [&](std::uint64_t offset, std::uint64_t length) {
    return part_of(*view, offset, length) == written.part(offset, length);
  };
  BOOST_CHECK(same(0, 8));
  // Region tables, but for their checksums.
  BOOST_CHECK(same(192 * kKiB + 8, 64 * kKiB - 8));
  BOOST_CHECK(same(256 * kKiB + 8, 64 * kKiB - 8));
  for (const std::uint64_t table : {192 * kKiB, 256 * kKiB}) {
    Bytes raw = part_of(*view, table, 64 * kKiB);
    const auto said = load_le<std::uint32_t>(raw, 4);
    store_le(raw, 4, std::uint32_t{0});
    BOOST_CHECK_EQUAL(said, test::plain_crc32c(raw));
  }
  for (std::uint64_t n = 0; n < 2; ++n) {
    Bytes raw = part_of(*view, (1 + n) * 64 * kKiB, 4'096);
    BOOST_CHECK_EQUAL(load_le<std::uint64_t>(raw, 8), n + 1);
    BOOST_CHECK(all_zero(ByteView(raw).subspan(48, 16)));  // no log
    const auto said = load_le<std::uint32_t>(raw, 4);
    store_le(raw, 4, std::uint32_t{0});
    BOOST_CHECK_EQUAL(said, test::plain_crc32c(raw));
  }
  BOOST_CHECK(all_zero(part_of(*view, kMiB, kMiB)));
  for (std::uint64_t index = 0; index < 6; ++index) {
    const std::uint64_t expected = index == 1   ? 4 * kMiB | 6
                                   : index == 4 ? 5 * kMiB | 6
                                                : 0;
    BOOST_CHECK_EQUAL(entry_of(*view, index), expected);
  }
}

BOOST_AUTO_TEST_CASE(every_4096_blocks_an_entry_is_left_for_a_bitmap) {
  const auto view = view_of(9 * kGiB, {{0, 9 * kGiB}});
  BOOST_CHECK_EQUAL(entry_of(*view, 4'095), (4 + 4'095) * kMiB | 6);
  BOOST_CHECK_EQUAL(entry_of(*view, 4'096), 0);
  BOOST_CHECK_EQUAL(entry_of(*view, 4'097), (4 + 4'096) * kMiB | 6);
  BOOST_CHECK_EQUAL(entry_of(*view, 8'193), 0);
  BOOST_CHECK_EQUAL(entry_of(*view, 9 * 1'024 + 1),
                    (4 + 9 * 1'024 - 1) * kMiB | 6);
  BOOST_CHECK_EQUAL(entry_of(*view, 9 * 1'024 + 2), 0);
}

BOOST_AUTO_TEST_CASE(its_size_follows_from_what_is_used) {
  BOOST_CHECK_EQUAL(view_of(512, {})->size(), 4 * kMiB);
  BOOST_CHECK_EQUAL(view_of(512, {{0, 1}})->size(), 5 * kMiB);
  BOOST_CHECK_EQUAL(view_of(kTiB, {{0, kMiB + 1}})->size(), (3 + 9 + 2) * kMiB);
  BOOST_CHECK_EQUAL(view_of(kTiB + 512, {{0, kMiB + 1}})->size(),
                    (3 + 1 + 32) * kMiB);
  BOOST_CHECK_EQUAL(view_of(64 * kTiB, {{64 * kTiB - 512, 512}})->size(),
                    (3 + 17 + 32) * kMiB);
}

BOOST_AUTO_TEST_CASE(holes_in_blocks_are_holes_of_the_file) {
  const auto view = view_of(2 * kMiB, {{kMiB + 8'192, 4'096}});
  const std::uint64_t block = 4 * kMiB;
  BOOST_CHECK((view->extent_at(block) ==
               block::Extent{block, 8'192, block::ExtentKind::zero}));
  BOOST_CHECK((view->extent_at(block + 8'192) ==
               block::Extent{block + 8'192, 4'096, block::ExtentKind::data}));
}

BOOST_AUTO_TEST_CASE(disks_of_terabytes) {
  for (const std::uint64_t size : {kTiB, 10 * kTiB, 64 * kTiB}) {
    test::Random random(size);
    Extents data{{size - 512, 512}};
    for (int n = 0; n < 100; ++n) {
      data[random.below(size / kMiB) * kMiB] = random.below(300'000) + 1;
    }
    const test::PatternDisk guest(size, data);
    const auto view = view_of(size, data);
    const auto opened = open_guest(Format::vhdx, view);
    BOOST_REQUIRE_EQUAL(opened->size(), size);
    test::check_walks(*opened, 1);
    for (const auto& [offset, length] : data) {
      BOOST_REQUIRE(part_of(guest, offset, length) ==
                    part_of(*opened, offset, length));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
