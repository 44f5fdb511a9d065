// tests/format/vhdx_reader_test.cpp: what the VHDX reader takes and what it
// refuses, on files with one field changed.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "support/errors.h"
#include "support/vhdx_file.h"

using namespace platter;
using format::Format;
using test::VhdxFile;

namespace {

void check_reads_as(const VhdxFile& file, ByteView disk) {
  BOOST_CHECK(format::probe(file) == Format::vhdx);
  const auto guest = open_guest(Format::vhdx, file.share());
  test::check_byte_source(*guest, disk);
  test::check_placements(*guest, file);
}

void check_refused(const VhdxFile& file, Errc code, const std::string& words) {
  BOOST_CHECK_EXCEPTION(open_guest(Format::vhdx, file.share()), Error,
                        test::says(code, words));
}

// The same with checksums that are right.
void check_refused_sealed(VhdxFile file, Errc code, const std::string& words) {
  file.seal();
  check_refused(file, code, words);
}

// Where the values of the metadata stand, and the second region's entry.
constexpr std::uint64_t kParameters = VhdxFile::kItems;
constexpr std::uint64_t kSize = VhdxFile::kItems + 16;
constexpr std::uint64_t kLogical = VhdxFile::kItems + 48;
constexpr std::uint64_t kPhysical = VhdxFile::kItems + 64;
constexpr std::uint64_t kItem = VhdxFile::kMetadata + 32;  // the first entry
constexpr std::uint64_t kSecondRegion = 48;
constexpr std::uint64_t kPresent = VhdxFile::kPresent;

}  // namespace

BOOST_AUTO_TEST_SUITE(vhdx_reader)

BOOST_AUTO_TEST_CASE(the_plain_file) {
  const VhdxFile file;
  check_reads_as(file, file.disk());
}

BOOST_AUTO_TEST_CASE(sectors_of_4096_bytes) {
  VhdxFile file;
  file.set_le(kLogical, std::uint32_t{4'096});
  check_reads_as(file, file.disk());
  file.set_le(kSize, VhdxFile::kDisk + 512);
  check_refused(file, Errc::corrupt, "multiples of the sector (4096)");
}

BOOST_AUTO_TEST_CASE(blocks_that_follow_each_other_are_one_placement) {
  VhdxFile file;
  file.set_entry(1, VhdxFile::kData | kPresent);
  file.set_entry(2, (VhdxFile::kData + kMiB) | kPresent);
  file.set_entry(4, 0);
  std::vector<format::Placement> found;
  open_guest(Format::vhdx, file.share())
      ->for_each_placement(
          [&](const format::Placement& each) { found.push_back(each); });
  const std::vector<format::Placement> expected = {
      {VhdxFile::kData, kMiB, 2 * kMiB}};
  BOOST_CHECK(found == expected);
}

BOOST_AUTO_TEST_CASE(states_that_read_as_zeros) {
  for (const std::uint64_t state : {0, 1, 2, 3, 5}) {
    VhdxFile file;
    Bytes disk = file.disk();
    std::fill_n(disk.begin() + VhdxFile::kBlock, VhdxFile::kBlock,
                std::byte{0});
    file.set_entry(1, (VhdxFile::kData + kMiB) | state);
    check_reads_as(file, disk);
    file.set_entry(1, state);
    check_reads_as(file, disk);
  }
}

BOOST_AUTO_TEST_CASE(the_newer_valid_header_counts) {
  VhdxFile file;
  file.set_le(VhdxFile::kHeaders[0] + 66, std::uint16_t{9});
  file.seal();
  check_reads_as(file, file.disk());  // the second is newer
  file.set_le(VhdxFile::kHeaders[0] + 8, std::uint64_t{9});
  check_refused_sealed(file, Errc::unsupported, "version is 9");
  file.set_le(VhdxFile::kHeaders[0] + 12, std::uint64_t{1});
  check_reads_as(file, file.disk());  // the first is damaged
  file = VhdxFile();
  file.set_le(VhdxFile::kHeaders[1], std::uint8_t{0});
  check_reads_as(file, file.disk());
  file.set_le(VhdxFile::kHeaders[0], std::uint8_t{0});
  check_refused(file, Errc::corrupt, "both headers");
}

BOOST_AUTO_TEST_CASE(headers_of_one_age_must_be_the_same) {
  VhdxFile file;
  file.set_headers(8, std::uint64_t{3});
  file.seal();
  check_reads_as(file, file.disk());
  file.set_le(VhdxFile::kHeaders[0] + 16, std::uint8_t{1});
  check_refused_sealed(file, Errc::corrupt, "sequence number 3");
}

BOOST_AUTO_TEST_CASE(one_region_table_is_enough) {
  for (const std::uint64_t table : VhdxFile::kRegions) {
    VhdxFile file;
    file.set_le(table + 4, std::uint32_t{1});
    check_reads_as(file, file.disk());
  }
  VhdxFile file;
  file.set_regions(5, std::uint8_t{1});
  check_refused(file, Errc::corrupt, "both region tables");
  file = VhdxFile();
  file.set_le(VhdxFile::kRegions[1] + 28, std::uint32_t{0});
  check_refused_sealed(file, Errc::corrupt, "the two region tables differ");
}

BOOST_AUTO_TEST_CASE(regions) {
  VhdxFile file;
  file.set_regions(8, std::uint32_t{2'048});
  check_refused_sealed(file, Errc::corrupt, "2048 entries");
  file.set_regions(8, std::uint32_t{1});
  check_refused_sealed(file, Errc::corrupt, "is missing");
  file = VhdxFile();
  file.set_regions(kSecondRegion, std::uint8_t{0});
  check_refused_sealed(file, Errc::unsupported, "required but not known");
  file.set_regions(kSecondRegion + 28, std::uint32_t{0});
  check_refused_sealed(file, Errc::corrupt,
                       "8B7CA206-4790-4B9A-B8FE-575F050F886E is missing");
  file = VhdxFile();
  for (const std::uint64_t table : VhdxFile::kRegions) {
    file.write(table + kSecondRegion, file.part(table + 16, 16));
  }
  check_refused_sealed(file, Errc::corrupt, "twice");
}

BOOST_AUTO_TEST_CASE(regions_at_impossible_places) {
  for (const std::uint64_t offset :
       {std::uint64_t{0}, kMiB + 512, 6 * kMiB, ~std::uint64_t{0} << 20}) {
    VhdxFile file;
    file.set_regions(kSecondRegion + 16, offset);
    check_refused_sealed(file, Errc::corrupt, "8B7CA206");
  }
  for (const std::uint32_t length : {0u, 65'536u, 0xfff0'0000u}) {
    VhdxFile file;
    file.set_regions(kSecondRegion + 24, length);
    check_refused_sealed(file, Errc::corrupt, "8B7CA206");
  }
}

BOOST_AUTO_TEST_CASE(a_region_that_need_not_be_known) {
  VhdxFile file;
  file.resize(7 * kMiB);
  file.set_regions(8, std::uint32_t{3});
  file.set_regions(80, std::uint8_t{1});
  file.set_regions(96, 6 * kMiB);
  file.set_regions(104, static_cast<std::uint32_t>(kMiB));
  file.seal();
  check_reads_as(file, file.disk());
  file.set_entry(0, (6 * kMiB) | kPresent);
  check_refused(file, Errc::corrupt, "overlaps");
}

BOOST_AUTO_TEST_CASE(parts_that_overlap) {
  VhdxFile file;
  file.set_regions(kSecondRegion + 24, static_cast<std::uint32_t>(2 * kMiB));
  check_refused_sealed(file, Errc::corrupt, "overlaps another part");
  file = VhdxFile();
  file.set_headers(68, static_cast<std::uint32_t>(2 * kMiB));
  check_refused_sealed(file, Errc::corrupt, "overlaps another part");
  file = VhdxFile();
  file.set_headers(72, std::uint64_t{0});
  check_refused_sealed(file, Errc::corrupt, "log at 0x0 overlaps");
  for (std::uint64_t unit = 0; unit < 6; ++unit) {
    file = VhdxFile();
    file.set_entry(0, unit * kMiB | kPresent);
    check_refused(file, Errc::corrupt, "overlaps another block or a table");
  }
}

BOOST_AUTO_TEST_CASE(a_log_at_an_impossible_place) {
  VhdxFile file;
  for (const std::uint64_t offset : {kMiB + 4'096, 6 * kMiB}) {
    file.set_headers(72, offset);
    check_refused_sealed(file, Errc::corrupt, "the log is at");
  }
}

BOOST_AUTO_TEST_CASE(blocks_outside_the_file) {
  for (const std::uint64_t offset :
       {6 * kMiB, std::uint64_t{1} << 40, ~std::uint64_t{0} << 20}) {
    VhdxFile file;
    file.set_entry(0, offset | kPresent);
    check_refused(file, Errc::corrupt, "outside the file");
  }
}

// The disk's last block ends before the file's does.
BOOST_AUTO_TEST_CASE(a_tail_that_the_guest_cannot_see_may_be_missing) {
  VhdxFile file;
  file.set_entry(4, (VhdxFile::kData + kMiB) | kPresent);
  file.set_entry(1, VhdxFile::kData | kPresent);
  file.resize(6 * kMiB - 4'096);
  Bytes disk(VhdxFile::kDisk);
  std::ranges::copy(file.part(VhdxFile::kData, kMiB), disk.begin() + kMiB);
  std::ranges::copy(file.part(VhdxFile::kData + kMiB, kMiB - 4'096),
                    disk.begin() + 4 * kMiB);
  check_reads_as(file, disk);
  file.resize(6 * kMiB - 4'097);
  check_refused(file, Errc::corrupt, "outside the file");
}

BOOST_AUTO_TEST_CASE(entries_that_mean_nothing) {
  for (const std::uint64_t bit : {3, 10, 19}) {
    VhdxFile file;
    file.set_entry(0, std::uint64_t{1} << bit);
    check_refused(file, Errc::corrupt, "reserved bits");
  }
  VhdxFile file;
  file.set_entry(3, 4);
  check_refused(file, Errc::corrupt, "state is 4");
  file.set_entry(3, 7);
  check_refused(file, Errc::invalid, "differencing");
}

// Entries for sector bitmaps stand after every 4096 blocks of 1 MiB.
BOOST_AUTO_TEST_CASE(entries_for_bitmaps) {
  VhdxFile file;
  file.set_le(kSize, 4'097 * kMiB);
  file.set_entry(4'097, (VhdxFile::kData + 2 * kMiB) | kPresent);
  file.resize(8 * kMiB);
  file.write(7 * kMiB - 512, test::random_bytes(512, 9));
  const auto guest = open_guest(Format::vhdx, file.share());
  Bytes last(kMiB);
  guest->read(4'096 * kMiB, last);
  BOOST_CHECK(last == file.part(6 * kMiB, kMiB));
  BOOST_CHECK_EQUAL(guest->extent_at(5 * kMiB).end(), 4'096 * kMiB);
  file.set_entry(4'096, (7 * kMiB) | kPresent);
  BOOST_CHECK_NO_THROW(open_guest(Format::vhdx, file.share()));
  file.set_entry(4'096, (8 * kMiB) | kPresent);
  check_refused(file, Errc::corrupt, "outside the file");
  file.set_entry(4'096, (6 * kMiB) | kPresent);
  check_refused(file, Errc::corrupt, "overlaps");
  file.set_entry(4'096, 8);
  check_refused(file, Errc::corrupt, "reserved bits");
}

BOOST_AUTO_TEST_CASE(a_table_that_is_too_short) {
  VhdxFile file;
  file.set_le(kSize, 131'040 * kMiB);  // 131,040 blocks and 31 bitmaps
  BOOST_CHECK_NO_THROW(open_guest(Format::vhdx, file.share()));
  file.set_le(kSize, 131'041 * kMiB);
  BOOST_CHECK_NO_THROW(open_guest(Format::vhdx, file.share()));
  file.set_le(kSize, 131'042 * kMiB);
  check_refused(file, Errc::corrupt, "131072 entries");
}

BOOST_AUTO_TEST_CASE(metadata) {
  VhdxFile file;
  file.set_le(kParameters + 4, std::uint32_t{2});
  check_refused(file, Errc::invalid, "HasParent");
  file.set_le(kParameters + 4, std::uint32_t{1});
  check_reads_as(file, file.disk());
  file = VhdxFile();
  file.write(VhdxFile::kMetadata, as_bytes("metadatb"));
  check_refused(file, Errc::corrupt, "metadata table");
  file = VhdxFile();
  file.set_le(VhdxFile::kMetadata + 10, std::uint16_t{2'048});
  check_refused(file, Errc::corrupt, "2048 entries");
  file.set_le(VhdxFile::kMetadata + 10, std::uint16_t{4});
  check_refused(file, Errc::corrupt, "physical sector size is missing");
  file = VhdxFile();
  file.write(kItem + 32, file.part(kItem, 32));
  check_refused(file, Errc::corrupt, "file parameters is there twice");
}

BOOST_AUTO_TEST_CASE(metadata_items_that_are_not_known) {
  VhdxFile file;
  file.set_le(VhdxFile::kMetadata + 10, std::uint16_t{6});
  file.set_le(kItem + 5 * 32, std::uint8_t{1});
  check_reads_as(file, file.disk());
  file.set_le(kItem + 5 * 32 + 24, std::uint32_t{4});
  check_refused(file, Errc::unsupported, "required but not known");
  // A user's item may have any id, so the ids of ours as well.
  file.write(kItem + 5 * 32, file.part(kItem, 16));
  file.set_le(kItem + 5 * 32 + 24, std::uint32_t{1});
  check_reads_as(file, file.disk());
  const std::uint8_t locator[] = {0x2d, 0x5f, 0xd3, 0xa8, 0x0b, 0xb3,
                                  0x4d, 0x45, 0xab, 0xf7, 0xd3, 0xd8,
                                  0x48, 0x34, 0xab, 0x0c};
  file.write(kItem + 5 * 32, std::as_bytes(std::span(locator)));
  check_refused(file, Errc::invalid, "parent locator");
}

BOOST_AUTO_TEST_CASE(metadata_items_at_impossible_places) {
  for (const std::uint32_t offset :
       {0u, 65'535u, static_cast<std::uint32_t>(kMiB - 7), ~0u}) {
    VhdxFile file;
    file.set_le(kItem + 16, offset);
    check_refused(file, Errc::corrupt, "file parameters is at");
  }
  for (const std::uint32_t length : {0u, 7u, ~0u}) {
    VhdxFile file;
    file.set_le(kItem + 20, length);
    check_refused(file, Errc::corrupt, "file parameters is at");
  }
}

BOOST_AUTO_TEST_CASE(impossible_metadata) {
  for (const std::uint32_t size : {0u, 512u << 10, 3u << 20, 512u << 20}) {
    VhdxFile file;
    file.set_le(kParameters, size);
    check_refused(file, Errc::corrupt, "block size is " + std::to_string(size));
  }
  for (const std::uint64_t at : {kLogical, kPhysical}) {
    VhdxFile file;
    file.set_le(at, std::uint32_t{1'024});
    check_refused(file, Errc::corrupt, "sector size is 1024");
  }
  VhdxFile file;
  file.set_le(kSize, std::uint64_t{0});
  check_refused(file, Errc::invalid, "size is 0");
  for (const std::uint64_t size :
       {std::uint64_t{1'000}, 64 * kTiB + 512, ~std::uint64_t{511}}) {
    file.set_le(kSize, size);
    check_refused(file, Errc::corrupt, std::to_string(size));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_vhdx) {
  VhdxFile file;
  file.resize(kMiB - 1);
  check_refused(file, Errc::corrupt, "1048575 bytes");
  file.resize(0);
  check_refused(file, Errc::corrupt, "0 bytes");
  file = VhdxFile();
  file.write(0, as_bytes("vhdxfilf"));
  check_refused(file, Errc::corrupt, "vhdxfile");
}

BOOST_AUTO_TEST_SUITE_END()
