// tests/format/vdi_reader_test.cpp: what the reader takes and what it refuses,
// on files with one field changed.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "support/errors.h"
#include "support/vdi_file.h"

using namespace platter;
using format::Format;
using test::VdiFile;

namespace {

void check_reads_as(const VdiFile& file, ByteView disk) {
  const auto guest = open_guest(Format::vdi, file.source());
  test::check_byte_source(*guest, disk);
  test::check_placements(*guest, *file.source());
}

void check_refused(const VdiFile& file, Errc code, const std::string& words) {
  BOOST_CHECK_EXCEPTION(open_guest(Format::vdi, file.source()), Error,
                        test::says(code, words));
}

// With one field changed.
VdiFile with(std::uint64_t at, std::uint32_t value) {
  VdiFile file;
  file.set32(at, value);
  return file;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vdi_reader)

BOOST_AUTO_TEST_CASE(the_plain_file) {
  const VdiFile file;
  BOOST_CHECK(format::probe(*file.source()) == Format::vdi);
  check_reads_as(file, file.disk());
}

BOOST_AUTO_TEST_CASE(static_files_and_the_shorter_header_are_read) {
  const VdiFile plain;
  check_reads_as(with(0x4c, 2), plain.disk());
  check_reads_as(with(0x48, 0x180), plain.disk());
}

BOOST_AUTO_TEST_CASE(blocks_in_any_order_and_blocks_of_zeros) {
  VdiFile file;
  const std::uint32_t map[] = {
      2, VdiFile::kZero, 0, VdiFile::kUnallocated, VdiFile::kZero, 1};
  Bytes disk(8 * VdiFile::kBlock);
  for (std::size_t n = 0; n < std::size(map); ++n) {
    file.set_map(n, map[n]);
    if (map[n] > 2) continue;
    std::ranges::copy(
        file.block(map[n]),
        disk.begin() + static_cast<std::ptrdiff_t>(n * VdiFile::kBlock));
  }
  check_reads_as(file, disk);
}

BOOST_AUTO_TEST_CASE(counts_that_nothing_depends_on) {
  const VdiFile plain;
  check_reads_as(with(0x184, 77), plain.disk());
  VdiFile longer;  // a map with more entries than the disk has blocks
  longer.set32(0x180, 100);
  longer.set_map(9, 12'345);
  check_reads_as(longer, plain.disk());
}

BOOST_AUTO_TEST_CASE(a_disk_that_ends_inside_its_last_block) {
  VdiFile file;
  file.set64(0x170, 2 * VdiFile::kBlock + 1'000);
  Bytes disk = file.disk();
  disk.resize(2 * VdiFile::kBlock + 1'024);
  check_reads_as(file, disk);
  file.resize(VdiFile::kData + disk.size());
  check_reads_as(file, disk);
  file.resize(VdiFile::kData + disk.size() - 1);
  check_refused(file, Errc::corrupt, "outside the file");
}

BOOST_AUTO_TEST_CASE(versions_and_types_that_are_not_read) {
  check_refused(with(0x40, 1), Errc::corrupt, "signature");
  check_refused(with(0x44, 0x00010000), Errc::unsupported, "version is 1.0");
  check_refused(with(0x48, 0x100), Errc::corrupt, "header_size");
  check_refused(with(0x4c, 3), Errc::invalid, "undo");
  check_refused(with(0x4c, 4), Errc::invalid, "differencing");
  check_refused(with(0x4c, 5), Errc::unsupported, "image_type is 5");
  check_refused(with(0x17c, 512), Errc::unsupported, "block_extra");
  check_refused(with(0x168, 4'096), Errc::unsupported, "sector_size");
}

BOOST_AUTO_TEST_CASE(disks_that_need_another_file) {
  check_refused(with(0x1a8, 1), Errc::invalid, "uuid_link");
  check_refused(with(0x1b8, 1), Errc::invalid, "uuid_parent");
  check_refused(with(0x1c4, 1), Errc::invalid, "uuid_parent");
}

BOOST_AUTO_TEST_CASE(impossible_geometry) {
  for (const std::uint32_t size : {0u, 512u, 5'000u, 1u << 29, 1u << 31}) {
    check_refused(with(0x178, size), Errc::corrupt, "block_size");
  }
  VdiFile file;
  file.set64(0x170, 0);
  check_refused(file, Errc::invalid, "no disk");
  file.set64(0x170, 8 * VdiFile::kBlock + 1);
  check_refused(file, Errc::corrupt, "reach less");
  file.set64(0x170, ~std::uint64_t{0});
  check_refused(file, Errc::corrupt, "reach less");
  check_refused(with(0x180, 7), Errc::corrupt, "reach less");
  check_refused(with(0x180, 0xffffffff), Errc::corrupt, "blocks_in_image");
}

BOOST_AUTO_TEST_CASE(parts_that_lie_where_they_cannot) {
  check_refused(with(0x154, 0), Errc::corrupt, "in the header");
  check_refused(with(0x154, 0xfffffe00), Errc::corrupt, "outside the file");
  check_refused(with(0x180, 0x1fffff80), Errc::corrupt, "outside the file");
  check_refused(with(0x158, 0), Errc::corrupt, "overlap the map");
  check_refused(with(0x158, VdiFile::kMap + 31), Errc::corrupt, "overlap");
  check_refused(with(0x158, 0xffffffff), Errc::corrupt, "outside the file");
}

BOOST_AUTO_TEST_CASE(map_entries_that_point_wrong) {
  VdiFile file;
  file.set_map(5, 3);
  check_refused(file, Errc::corrupt, "map entry 5 is 3");
  file.set_map(5, 0xfffffffd);
  check_refused(file, Errc::corrupt, "outside the file");
  file.set_map(5, 1);
  check_refused(file, Errc::corrupt, "another entry has this block");
}

BOOST_AUTO_TEST_CASE(files_that_were_cut_off) {
  const VdiFile whole;
  for (std::uint64_t size = 0; size < whole.bytes().size(); size += 100) {
    VdiFile file;
    file.resize(size);
    BOOST_CHECK_THROW(open_guest(Format::vdi, file.source()), Error);
  }
}

BOOST_AUTO_TEST_SUITE_END()
