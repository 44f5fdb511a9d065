// tests/format/vhd_view_test.cpp: the VHD that we show, byte for byte where
// others depend on it, and its size and holes.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "platter/base/integers.h"
#include "platter/format/azure_vhd.h"
#include "support/sparse.h"

using namespace platter;
using format::Format;

namespace {

using Extents = std::map<std::uint64_t, std::uint64_t>;

block::SourcePtr disk(std::uint64_t size, const Extents& data) {
  return std::make_shared<test::PatternDisk>(size, data);
}

Bytes part_of(const block::ByteSource& source, std::uint64_t offset,
              std::uint64_t length) {
  Bytes part(length);
  source.read(offset, part);
  return part;
}

std::uint32_t geometry_of(std::uint64_t size) {
  const auto view =
      make_view(Format::vhd, disk(size, {}), test::some_identity());
  return load_be<std::uint32_t>(part_of(*view, 56, 4));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vhd_view)

// The example of docs/format/vhd.md.
BOOST_AUTO_TEST_CASE(a_disk_of_five_mebibytes) {
  const auto view =
      make_view(Format::vhd, disk(5 * kMiB, {{4 * kMiB + 65'536, 4'096}}),
                test::some_identity());
  BOOST_CHECK_EQUAL(view->size(), 2'048 + 512 + 2 * kMiB + 512);
  const Bytes footer = part_of(*view, 0, 512);
  BOOST_CHECK(footer == part_of(*view, view->size() - 512, 512));
  BOOST_CHECK_EQUAL(as_text(footer).substr(0, 8), "conectix");
  BOOST_CHECK_EQUAL(load_be<std::uint64_t>(footer, 16), 512);
  BOOST_CHECK_EQUAL(load_be<std::uint32_t>(footer, 24),
                    1'700'000'000 - 946'684'800);
  BOOST_CHECK_EQUAL(as_text(footer).substr(28, 4), "win ");
  BOOST_CHECK_EQUAL(as_text(footer).substr(36, 4), "Wi2k");
  BOOST_CHECK_EQUAL(load_be<std::uint64_t>(footer, 48), 5 * kMiB);
  BOOST_CHECK_EQUAL(load_be<std::uint32_t>(footer, 60), 3);
  const Bytes header = part_of(*view, 512, 1'024);
  BOOST_CHECK_EQUAL(load_be<std::uint64_t>(header, 16), 1'536);
  BOOST_CHECK_EQUAL(load_be<std::uint32_t>(header, 28), 3);
  const Bytes table = part_of(*view, 1'536, 512);
  for (std::uint64_t entry = 0; entry < 128; ++entry) {
    BOOST_CHECK_EQUAL(load_be<std::uint32_t>(table, entry * 4),
                      entry == 2 ? 4 : 0xffff'ffff);
  }
  const Bytes bitmap = part_of(*view, 2'048, 512);
  for (std::uint64_t byte = 0; byte < 512; ++byte) {
    BOOST_CHECK_EQUAL(std::to_integer<int>(bitmap[byte]),
                      byte / 16 == 1 ? 0xff : 0);
  }
}

BOOST_AUTO_TEST_CASE(geometries) {
  // Cylinders, heads, sectors by the specification's algorithm.
  BOOST_CHECK_EQUAL(geometry_of(512), 0x0000'0411);
  BOOST_CHECK_EQUAL(geometry_of(5 * kMiB), 0x0096'0411);    // 150, 4, 17
  BOOST_CHECK_EQUAL(geometry_of(40 * kMiB), 0x03c3'0511);   // 963, 5, 17
  BOOST_CHECK_EQUAL(geometry_of(127 * kMiB), 0x03fb'0f11);  // 1019, 15, 17
  BOOST_CHECK_EQUAL(geometry_of(kGiB), 0x0820'103f);        // 2080, 16, 63
  BOOST_CHECK_EQUAL(geometry_of(2040 * kGiB), 0xffff'10ff);
}

BOOST_AUTO_TEST_CASE(its_size_follows_from_what_is_used) {
  test::Random random(1);
  for (int n = 0; n < 20; ++n) {
    const std::uint64_t size = (1 + random.below(kGiB / 512)) * 512;
    Extents data;
    std::vector<bool> used(divide_up(size, 2 * kMiB));
    for (int m = 0; m < 10; ++m) {
      const std::uint64_t at = random.below(size / 512) * 512;
      data[at] = 512;
      used[at / (2 * kMiB)] = true;
    }
    const auto view =
        make_view(Format::vhd, disk(size, data), test::some_identity());
    const auto blocks =
        static_cast<std::uint64_t>(std::ranges::count(used, true));
    BOOST_CHECK_EQUAL(view->size(), 1'536 + round_up(4 * used.size(), 512) +
                                        blocks * (2 * kMiB + 512) + 512);
  }
}

BOOST_AUTO_TEST_CASE(holes_in_blocks_are_holes_of_the_file) {
  const auto view = make_view(Format::vhd, disk(2 * kMiB, {{kMiB, 4'096}}),
                              test::some_identity());
  const std::uint64_t sectors = 2'048 + 512;
  BOOST_CHECK((view->extent_at(sectors) ==
               block::Extent{sectors, kMiB, block::ExtentKind::zero}));
  BOOST_CHECK((view->extent_at(sectors + kMiB) ==
               block::Extent{sectors + kMiB, 4'096, block::ExtentKind::data}));
}

BOOST_AUTO_TEST_CASE(fixed_files_for_azure) {
  for (const std::uint64_t size : {512ul, kMiB - 512, kMiB, 3 * kMiB + 512}) {
    const Bytes bytes = test::random_disk(size, size);
    const auto view = make_azure_vhd(
        std::make_shared<test::SparseMemory>(bytes), test::some_identity());
    const std::uint64_t whole = round_up(size, kMiB);
    BOOST_REQUIRE_EQUAL(view->size(), whole + 512);
    const Bytes file = read_all(*view);
    test::check_byte_source(*view, file);
    BOOST_CHECK(format::probe(*view) == Format::vhd);
    const auto guest = open_guest(Format::vhd, view);
    Bytes disk = bytes;
    disk.resize(whole);
    test::check_byte_source(*guest, disk);
    BOOST_CHECK_EQUAL(load_be<std::uint64_t>(file, whole + 16),
                      ~std::uint64_t{0});
    BOOST_CHECK_EQUAL(load_be<std::uint64_t>(file, whole + 48), whole);
    BOOST_CHECK_EQUAL(load_be<std::uint32_t>(file, whole + 60), 2);
  }
}

BOOST_AUTO_TEST_CASE(the_largest_disk) {
  const std::uint64_t size = 2040 * kGiB;
  test::Random random(7);
  Extents data{{size - 512, 512}};
  for (int n = 0; n < 300; ++n) {
    data[random.below(size / kMiB) * kMiB] = random.below(300'000) + 1;
  }
  const auto guest = disk(size, data);
  const auto opened = open_guest(
      Format::vhd, make_view(Format::vhd, guest, test::some_identity()));
  BOOST_REQUIRE_EQUAL(opened->size(), size);
  test::check_walks(*opened, 1);
  for (const auto& [offset, length] : data) {
    BOOST_REQUIRE(part_of(*guest, offset, length) ==
                  part_of(*opened, offset, length));
  }
}

// Every block's place is a 32-bit number of sectors.
BOOST_AUTO_TEST_CASE(a_full_disk_of_the_largest_size) {
  const std::uint64_t size = 2040 * kGiB;
  const auto guest = disk(size, {{0, size}});
  const auto view = make_view(Format::vhd, guest, test::some_identity());
  const auto opened = open_guest(Format::vhd, view);
  for (const std::uint64_t offset : {std::uint64_t{0}, size - kMiB}) {
    BOOST_CHECK(part_of(*guest, offset, kMiB) ==
                part_of(*opened, offset, kMiB));
  }
}

BOOST_AUTO_TEST_SUITE_END()
