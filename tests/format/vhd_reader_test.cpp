// tests/format/vhd_reader_test.cpp: what the VHD reader takes and what it
// refuses, on files with one field changed.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "support/errors.h"
#include "support/vhd_file.h"

using namespace platter;
using format::Format;
using test::VhdFile;

namespace {

void check_reads_as(const test::SparseFile& file, ByteView disk) {
  BOOST_CHECK(format::probe(file) == Format::vhd);
  const auto guest = open_guest(Format::vhd, file.share());
  test::check_byte_source(*guest, disk);
  test::check_placements(*guest, file);
}

void check_refused(const test::SparseFile& file, Errc code,
                   const std::string& words) {
  BOOST_CHECK_EXCEPTION(open_guest(Format::vhd, file.share()), Error,
                        test::says(code, words));
}

// The same with checksums that are right.
void check_refused_sealed(VhdFile file, Errc code, const std::string& words) {
  file.seal();
  check_refused(file, code, words);
}

std::vector<format::Placement> placements_of(const test::SparseFile& file) {
  std::vector<format::Placement> found;
  open_guest(Format::vhd, file.share())
      ->for_each_placement(
          [&](const format::Placement& each) { found.push_back(each); });
  return found;
}

// A fixed disk of `size` random bytes.
test::SparseFile fixed_file(std::uint64_t size) {
  test::SparseFile file;
  file.write(0, test::random_bytes(size, 1));
  file.write(size, VhdFile().part(0, 512));
  file.set_be(size + 16, ~std::uint64_t{0});
  file.set_be(size + 48, size);
  file.set_be(size + 60, std::uint32_t{2});
  test::seal_vhd(file, size, 512, 64);
  return file;
}

constexpr std::uint64_t kBlock = VhdFile::kBlock;

}  // namespace

BOOST_AUTO_TEST_SUITE(vhd_reader)

BOOST_AUTO_TEST_CASE(the_plain_file) {
  const VhdFile file;
  check_reads_as(file, file.disk());
  const std::vector<format::Placement> expected = {
      {VhdFile::kData + 512, kBlock, kBlock},
      {VhdFile::kData + VhdFile::kStored + 512, 4 * kBlock, kBlock - 1'024}};
  BOOST_CHECK(placements_of(file) == expected);
}

BOOST_AUTO_TEST_CASE(blocks_in_any_order) {
  VhdFile file;
  file.set_entry(0, VhdFile::kNone);
  file.set_entry(1, (VhdFile::kData + VhdFile::kStored) / 512);
  file.set_entry(4, VhdFile::kData / 512);
  Bytes disk(VhdFile::kDisk);
  std::ranges::copy(file.part(VhdFile::kData + 512, kBlock - 1'024),
                    disk.begin() + 4 * kBlock);
  std::ranges::copy(file.part(VhdFile::kData + VhdFile::kStored + 512, kBlock),
                    disk.begin() + kBlock);
  check_reads_as(file, disk);
}

BOOST_AUTO_TEST_CASE(sectors_that_the_bitmap_does_not_have_are_zeros) {
  VhdFile file;
  Bytes disk = file.disk();
  // Of the second block sectors 0 to 2, 9 and the last one.
  const std::array<std::byte, 2> bits{std::byte{0x1f}, std::byte{0xbf}};
  file.write(VhdFile::kData, bits);
  file.write(VhdFile::kData + 15, std::array{std::byte{0xfe}});
  for (const std::uint64_t sector : {0, 1, 2, 9, 127}) {
    const auto at = static_cast<long>(kBlock + sector * 512);
    std::fill_n(disk.begin() + at, 512, std::byte{0});
  }
  check_reads_as(file, disk);
}

BOOST_AUTO_TEST_CASE(short_runs_of_sectors_are_no_placements) {
  VhdFile file;
  Bytes bits(16, std::byte{0x55});
  bits[3] = bits[4] = std::byte{0xff};
  file.write(VhdFile::kData, bits);
  const auto placements = placements_of(file);
  BOOST_REQUIRE_EQUAL(placements.size(), 2);
  BOOST_CHECK_EQUAL(placements[0].guest_offset, kBlock + 23 * 512);
  BOOST_CHECK_EQUAL(placements[0].length, 17 * 512);
}

BOOST_AUTO_TEST_CASE(fixed_disks) {
  for (const std::uint64_t size : {512ul, 100 * 512ul, kMiB}) {
    const auto file = fixed_file(size);
    check_reads_as(file, file.part(0, size));
    const std::vector<format::Placement> expected = {{0, 0, size}};
    BOOST_CHECK(placements_of(file) == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_fixed_file_may_be_longer_than_its_disk) {
  auto file = fixed_file(8'192);
  file.set_be(8'192 + 48, std::uint64_t{7'680});
  test::seal_vhd(file, 8'192, 512, 64);
  check_reads_as(file, file.part(0, 7'680));
  file.set_be(8'192 + 48, std::uint64_t{8'704});
  test::seal_vhd(file, 8'192, 512, 64);
  check_refused(file, Errc::corrupt, "cut off");
}

BOOST_AUTO_TEST_CASE(who_made_it_decides_how_sizes_are_counted) {
  // 9 cylinders, 4 heads, 17 sectors: 612 sectors of the disk's 638.
  for (const std::string_view creator :
       {"vpc ", "qemu", "qem2", "win ", "d2v ", "CTXS", "vbox", "wa\0\0",
        "tap\0", "vs  ", "\0\0\0\0"}) {
    VhdFile file;
    file.set_creator({creator.data(), 4});
    file.set_footers(56, std::uint32_t{0x0009'0411});
    file.seal();
    Bytes disk = file.disk();
    const bool cylinders = creator == "vpc " || creator == "qemu";
    if (cylinders) disk.resize(612 * 512);
    check_reads_as(file, disk);
    // The largest geometry says that there was no room for the size.
    file.set_footers(56, std::uint32_t{0xffff'10ff});
    file.seal();
    check_reads_as(file, file.disk());
  }
}

BOOST_AUTO_TEST_CASE(what_does_not_matter) {
  VhdFile file;
  file.set_footers(8, std::uint32_t{3});         // features: temporary
  file.set_footers(12, std::uint32_t{0x10003});  // minor version
  file.set_footers(84, std::uint8_t{1});         // saved state
  file.set_footers(40, std::uint64_t{5});        // original size
  file.set_be(VhdFile::kHeader + 28, std::uint32_t{100});  // more entries
  file.set_entry(5, 7);
  file.seal();
  check_reads_as(file, file.disk());
}

BOOST_AUTO_TEST_CASE(a_tail_that_the_guest_cannot_see_may_be_missing) {
  VhdFile file;
  const Bytes footer = file.part(VhdFile::kFooter, 512);
  file.write(VhdFile::kFooter - 1'024, footer);
  file.resize(VhdFile::kFooter - 512);
  check_reads_as(file, VhdFile().disk());
  file.write(VhdFile::kFooter - 1'536, footer);
  file.resize(VhdFile::kFooter - 1'024);
  check_refused(file, Errc::corrupt, "overlaps the footer");
}

BOOST_AUTO_TEST_CASE(what_was_cut_off) {
  VhdFile file;
  file.resize(VhdFile::kFooter);
  check_refused(file, Errc::corrupt, "footer at the end of the file");
  file.resize(511);
  check_refused(file, Errc::corrupt, "511 bytes");
  file.resize(0);
  check_refused(file, Errc::corrupt, "0 bytes");
}

BOOST_AUTO_TEST_CASE(checksums_must_be_right) {
  for (const auto& [at, words] :
       {std::pair{100ul, "footer at the start"},
        std::pair{VhdFile::kFooter + 100, "footer at the end"},
        std::pair{VhdFile::kHeader + 1'000, "dynamic header"}}) {
    VhdFile file;
    file.set_be(at, std::uint8_t{1});
    check_refused(file, Errc::corrupt, words);
  }
}

BOOST_AUTO_TEST_CASE(the_copy_of_the_footer_must_be_there_and_agree) {
  VhdFile file;
  file.write(0, Bytes(512));
  check_refused(file, Errc::corrupt, "copy of the footer");
  for (const std::uint64_t field : {std::uint64_t{48}, std::uint64_t{16}}) {
    file = VhdFile();
    file.set_be(field, std::uint64_t{kBlock});
    check_refused_sealed(file, Errc::corrupt, "two disks in one file");
  }
}

// The guest of a fixed disk wrote a VHD's header into its first sector.
BOOST_AUTO_TEST_CASE(a_fixed_disk_that_begins_like_a_dynamic_one) {
  auto file = fixed_file(kMiB);
  file.write(0, VhdFile().part(0, 2'048));
  check_refused(file, Errc::corrupt, "two disks in one file");
}

BOOST_AUTO_TEST_CASE(other_types_and_versions) {
  VhdFile file;
  file.set_footers(60, std::uint32_t{4});
  check_refused_sealed(file, Errc::invalid, "disk_type is 4 (differencing)");
  for (const std::uint32_t type : {0u, 1u, 5u, 6u, ~0u}) {
    file.set_footers(60, type);
    check_refused_sealed(file, Errc::unsupported,
                         "disk_type is " + std::to_string(type));
  }
  file = VhdFile();
  file.set_footers(12, std::uint32_t{0x20000});
  check_refused_sealed(file, Errc::unsupported, "0x00020000");
  file = VhdFile();
  file.set_be(VhdFile::kHeader + 24, std::uint32_t{0});
  check_refused_sealed(file, Errc::unsupported, "dynamic header");
}

BOOST_AUTO_TEST_CASE(parent_locators) {
  VhdFile file;
  file.write(VhdFile::kHeader + 576 + 7 * 24, as_bytes("W2ku"));
  check_refused_sealed(file, Errc::invalid, "parent locators");
}

BOOST_AUTO_TEST_CASE(impossible_sizes) {
  VhdFile file;
  file.set_footers(48, std::uint64_t{0});
  check_refused_sealed(file, Errc::invalid, "size of the disk is 0");
  for (const std::uint64_t size :
       {std::uint64_t{1'000}, 2040 * kGiB + 512, ~std::uint64_t{511}}) {
    file.set_footers(48, size);
    check_refused_sealed(file, Errc::corrupt, std::to_string(size));
  }
  file.set_footers(48, 5 * kBlock + 512);
  check_refused_sealed(file, Errc::corrupt, "max_table_entries is 5");
}

BOOST_AUTO_TEST_CASE(impossible_headers) {
  VhdFile file;
  for (const std::uint32_t size : {0u, 256u, 3u << 16, ~0u}) {
    file.set_be(VhdFile::kHeader + 32, size);
    check_refused_sealed(file, Errc::corrupt,
                         "block_size is " + std::to_string(size));
  }
  file = VhdFile();
  file.write(VhdFile::kHeader, as_bytes("cxsparsf"));
  check_refused_sealed(file, Errc::corrupt, "cxsparse");
}

BOOST_AUTO_TEST_CASE(structures_outside_the_file_or_on_each_other) {
  for (const std::uint64_t offset :
       {VhdFile::kFooter + 512, VhdFile::kFooter - 511, ~std::uint64_t{0}}) {
    VhdFile file;
    file.set_footers(16, offset);
    check_refused_sealed(file, Errc::corrupt, "outside the file");
  }
  for (const std::uint64_t offset :
       {VhdFile::kFooter + 512, VhdFile::kFooter + 493, ~std::uint64_t{0}}) {
    VhdFile file;
    file.set_be(VhdFile::kHeader + 16, offset);
    check_refused_sealed(file, Errc::corrupt, "outside the file");
  }
  for (const std::uint64_t offset : {0ul, 511ul, 512ul, 1'535ul}) {
    VhdFile file;
    file.set_be(VhdFile::kHeader + 16, offset);
    check_refused_sealed(file, Errc::corrupt, "table at");
  }
  VhdFile file;
  file.set_be(VhdFile::kHeader + 28, ~std::uint32_t{0});
  check_refused_sealed(file, Errc::corrupt, "block allocation table");
}

BOOST_AUTO_TEST_CASE(blocks_outside_the_file_or_on_something) {
  constexpr auto kData = static_cast<std::uint32_t>(VhdFile::kData / 512);
  for (const auto& [entry, words] :
       {std::pair{0u, "copy of the footer"}, std::pair{1u, "dynamic header"},
        std::pair{3u, "block allocation table"},
        std::pair{kData + 1, "overlaps the one at"},
        std::pair{kData + 129 + 128, "outside the file"},
        std::pair{kData + 129 + 130, "outside the file"},
        std::pair{0xffff'fffeu, "outside the file"}}) {
    VhdFile file;
    file.set_entry(0, entry);
    check_refused(file, Errc::corrupt, words);
  }
}

BOOST_AUTO_TEST_SUITE_END()
