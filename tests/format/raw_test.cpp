// tests/format/raw_test.cpp: raw disks, and those that were cut off.
#include <libdeflate.h>

#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "support/errors.h"

using namespace platter;
using format::Format;

namespace {

// A disk of `sectors` whose GPT header is in order.
Bytes gpt_disk(std::uint64_t sectors, std::uint64_t sector_size) {
  Bytes disk(sectors * sector_size);
  const auto header = MutableBytes(disk).subspan(sector_size, 92);
  std::ranges::copy(as_bytes("EFI PART"), header.begin());
  store_le<std::uint32_t>(header, 12, 92);
  store_le<std::uint64_t>(header, 24, 1);
  store_le<std::uint64_t>(header, 32, sectors - 1);
  store_le(header, 16, libdeflate_crc32(0, header.data(), header.size()));
  return disk;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(raw)

BOOST_AUTO_TEST_CASE(the_last_sector_is_filled_with_zeros) {
  for (const std::uint64_t size : {1ull, 511ull, 512ull, 513ull, 100'001ull}) {
    const Bytes bytes = test::random_disk(size, size);
    const auto file = block::memory_source(bytes);
    Bytes disk = bytes;
    disk.resize(round_up(size, 512));
    const auto guest = open_guest(Format::raw, file);
    test::check_byte_source(*guest, disk);
    test::check_placements(*guest, *file);
    std::uint64_t placed = 0;
    guest->for_each_placement([&](const format::Placement& placement) {
      placed += placement.length;
    });
    BOOST_CHECK_EQUAL(placed, size);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_no_disk) {
  BOOST_CHECK_EXCEPTION(open_guest(Format::raw, block::zero_source(0)), Error,
                        test::has_code(Errc::invalid));
}

BOOST_AUTO_TEST_CASE(a_partition_table_tells_of_a_cut) {
  for (const std::uint64_t sector : {512, 4'096}) {
    Bytes disk = gpt_disk(100, sector);
    BOOST_CHECK_NO_THROW(open_guest(Format::raw, block::memory_source(disk)));
    disk.pop_back();
    BOOST_CHECK_EXCEPTION(open_guest(Format::raw, block::memory_source(disk)),
                          Error, test::says(Errc::corrupt, "sector 99"));
    disk[sector + 40] = std::byte{1};  // now its checksum is wrong
    BOOST_CHECK_NO_THROW(open_guest(Format::raw, block::memory_source(disk)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
