// tests/format/vmdk_reader_test.cpp: what the reader takes and what it refuses,
// on files with one field changed.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "support/errors.h"
#include "support/vmdk_file.h"

using namespace platter;
using format::Format;
using test::VmdkFile;

namespace {

void check_reads_as(const VmdkFile& file, ByteView disk) {
  const auto guest = open_guest(Format::vmdk, file.source());
  test::check_byte_source(*guest, disk);
  test::check_placements(*guest, *file.source());
}

void check_refused(const VmdkFile& file, Errc code, const std::string& words) {
  BOOST_CHECK_EXCEPTION(open_guest(Format::vmdk, file.source()), Error,
                        test::says(code, words));
}

// With one field changed.
VmdkFile with(std::uint64_t at, std::uint32_t value,
              VmdkFile file = VmdkFile()) {
  file.set32(at, value);
  return file;
}

std::uint64_t placed_bytes(const VmdkFile& file) {
  std::uint64_t total = 0;
  open_guest(Format::vmdk, file.source())
      ->for_each_placement(
          [&](const format::Placement& run) { total += run.length; });
  return total;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vmdk_reader)

BOOST_AUTO_TEST_CASE(the_plain_file) {
  const VmdkFile file;
  BOOST_CHECK(format::probe(*file.source()) == Format::vmdk);
  check_reads_as(file, file.disk());
  BOOST_CHECK_EQUAL(placed_bytes(file), 3 * VmdkFile::kGrain);
}

BOOST_AUTO_TEST_CASE(every_version_and_an_unclean_shutdown_are_read) {
  const VmdkFile plain;
  for (const std::uint32_t version : {1, 2, 3}) {
    check_reads_as(with(4, version), plain.disk());
  }
  VmdkFile unclean;
  unclean.set(72, as_bytes("\x01"));
  check_reads_as(unclean, plain.disk());
}

BOOST_AUTO_TEST_CASE(grains_in_any_order_and_tables_that_are_not_there) {
  VmdkFile file;
  Bytes disk = file.disk();
  std::swap_ranges(disk.begin(), disk.begin() + VmdkFile::kGrain,
                   disk.begin() + 2 * VmdkFile::kGrain);
  file.set_entry(0, 24);
  file.set_entry(2, 8);
  check_reads_as(file, disk);
  file.set32(VmdkFile::kDirectory, 0);
  check_reads_as(file, Bytes(disk.size()));
}

BOOST_AUTO_TEST_CASE(zero_grains_only_where_the_header_has_them) {
  VmdkFile file;
  Bytes disk = file.disk();
  std::fill_n(disk.begin() + VmdkFile::kGrain, VmdkFile::kGrain, std::byte{0});
  file.set_entry(1, 1);
  check_refused(file, Errc::corrupt, "overlaps");
  file.set32(8, 5);
  check_reads_as(file, disk);
}

BOOST_AUTO_TEST_CASE(the_descriptor_says_where_the_last_grain_ends) {
  VmdkFile file;
  const auto describe = [&](const std::string& sectors) {
    file.describe("# Disk DescriptorFile\nRW " + sectors + " SPARSE \"d\"\n");
  };
  describe("57");
  Bytes disk = file.disk();
  disk.resize(57 * 512);
  check_reads_as(file, disk);
  for (const std::string sectors : {"56", "65", "18446744073709551615"}) {
    describe(sectors);
    check_refused(file, Errc::corrupt, "capacity is 64");
  }
  file.set64(12, 20);
  describe("20");
  disk.resize(20 * 512);
  check_reads_as(file, disk);
  // What the guest cannot see of the last grain may be missing.
  file.resize(VmdkFile::kData + 20 * 512);
  check_reads_as(file, disk);
  file.resize(VmdkFile::kData + 20 * 512 - 1);
  check_refused(file, Errc::corrupt, "outside the file");
}

BOOST_AUTO_TEST_CASE(streams) {
  const Bytes disk = VmdkFile().disk();
  for (const bool footer : {false, true}) {
    const VmdkFile file = VmdkFile::stream(footer);
    BOOST_CHECK(format::probe(*file.source()) == Format::vmdk);
    check_reads_as(file, disk);
    BOOST_CHECK_EQUAL(placed_bytes(file), 0);
  }
}

BOOST_AUTO_TEST_CASE(the_last_grain_of_a_stream_may_be_short) {
  for (const std::uint64_t kept : {1'024, 1'023}) {
    VmdkFile file;
    const Bytes disk = test::random_bytes(1'024, 1);
    file.resize(VmdkFile::kData);
    for (const auto& [at, value] :
         {std::pair{4, 3u}, {8, 0x30001u}, {12, 2u}, {77, 1u}}) {
      file.set32(static_cast<std::uint64_t>(at), value);
    }
    file.describe("# Disk DescriptorFile\nRW 2 SPARSE \"d\"\n");
    for (std::uint64_t n = 0; n < 3; ++n) file.set_entry(n, n == 0 ? 8 : 0);
    file.append_grain(0, ByteView(disk).first(kept));
    if (kept == disk.size()) {
      check_reads_as(file, disk);
    } else {
      const auto guest = open_guest(Format::vmdk, file.source());
      BOOST_CHECK_EXCEPTION(read_all(*guest), Error,
                            test::says(Errc::corrupt, "decompress"));
    }
  }
}

BOOST_AUTO_TEST_CASE(damaged_grains_fail_when_they_are_read) {
  VmdkFile file = VmdkFile::stream();
  file.set32(VmdkFile::kData + 100, 0x12345678);
  const auto guest = open_guest(Format::vmdk, file.source());
  Bytes grain(VmdkFile::kGrain);
  BOOST_CHECK_EXCEPTION(guest->read(0, grain), Error,
                        test::says(Errc::corrupt, "guest offset 0x0"));
  BOOST_CHECK_NO_THROW(guest->read(grain.size(), grain));
}

BOOST_AUTO_TEST_CASE(markers_that_contradict_the_tables) {
  const VmdkFile file = VmdkFile::stream();
  check_refused(with(VmdkFile::kData, 8, file), Errc::corrupt, "marker");
  check_refused(with(VmdkFile::kData + 8, 0, file), Errc::corrupt, "marker");
  check_refused(with(VmdkFile::kData + 8, 8'193, file), Errc::corrupt,
                "marker");
  check_refused(with(VmdkFile::kData + 8, 8'192, file), Errc::corrupt,
                "overlaps");
}

BOOST_AUTO_TEST_CASE(footers_that_are_not_there_or_differ) {
  const VmdkFile file = VmdkFile::stream(true);
  const std::uint64_t size = file.bytes().size();
  VmdkFile cut = file;
  cut.resize(size - 512);
  check_refused(cut, Errc::corrupt, "cut off");
  cut.resize(size - 1);
  check_refused(cut, Errc::corrupt, "cut off");
  check_refused(with(size - 1'536 + 12, 2, file), Errc::corrupt, "cut off");
  check_refused(with(size - 512, 1, file), Errc::corrupt, "cut off");
  check_refused(with(size - 1'024 + 12, 65, file), Errc::corrupt, "differ");
  check_refused(with(size - 1'024 + 77, 0, file), Errc::corrupt, "differ");
  VmdkFile nowhere = file;
  nowhere.set64(size - 1'024 + 56, ~std::uint64_t{0});
  check_refused(nowhere, Errc::corrupt, "grain directory");
}

BOOST_AUTO_TEST_CASE(features_that_are_not_read) {
  check_refused(with(0, 1), Errc::corrupt, "KDMV");
  check_refused(with(4, 0), Errc::unsupported, "version is 0");
  check_refused(with(4, 4), Errc::unsupported, "version is 4");
  check_refused(with(8, 9), Errc::unsupported, "bits 0x8 are unknown");
  check_refused(with(8, 0x20001), Errc::unsupported, "markers");
  check_refused(with(8, 0x10001), Errc::corrupt, "compressAlgorithm is 0");
  check_refused(with(77, 1), Errc::corrupt, "compressAlgorithm is 1");
  check_refused(with(77, 2), Errc::unsupported, "compressAlgorithm is 2");
  check_refused(with(8, 0x10001, with(77, 1)), Errc::unsupported, "markers");
  check_refused(with(44, 256), Errc::unsupported, "numGTEsPerGT");
}

BOOST_AUTO_TEST_CASE(a_file_that_was_sent_as_text) {
  VmdkFile file;
  file.set(73, as_bytes("\n \n\n"));
  check_refused(file, Errc::corrupt, "newline");
  file.set32(8, 0);
  check_reads_as(file, file.disk());
}

BOOST_AUTO_TEST_CASE(impossible_geometry) {
  check_refused(with(12, 0), Errc::invalid, "capacity is 0");
  VmdkFile huge;
  huge.set64(12, ~std::uint64_t{0});
  check_refused(huge, Errc::corrupt, "grain tables");
  for (const std::uint32_t grain : {0, 1, 4, 9, 8'192}) {
    check_refused(with(20, grain), Errc::corrupt, "grainSize");
  }
}

BOOST_AUTO_TEST_CASE(parts_that_lie_where_they_cannot) {
  check_refused(with(28, 0), Errc::invalid, "one of several");
  check_refused(with(28, 1'000), Errc::corrupt, "descriptor at sector 1000");
  check_refused(with(36, 0), Errc::corrupt, "descriptorSize");
  check_refused(with(36, 2'049), Errc::corrupt, "descriptorSize");
  check_refused(with(36, 4), Errc::corrupt, "overlaps");
  check_refused(with(56, 0), Errc::corrupt, "grain directory");
  check_refused(with(56, 32), Errc::corrupt, "grain directory");
  check_refused(with(56, 1), Errc::corrupt, "overlaps");
  VmdkFile far;
  far.set64(56, std::uint64_t{1} << 63);
  check_refused(far, Errc::corrupt, "grain directory");
  for (const std::uint32_t table : {29u, 32u, 0xffffffffu}) {
    check_refused(with(VmdkFile::kDirectory, table), Errc::corrupt,
                  "grain table 0");
  }
  check_refused(with(VmdkFile::kDirectory, 3), Errc::corrupt, "overlaps");
}

BOOST_AUTO_TEST_CASE(grains_that_lie_where_they_cannot) {
  VmdkFile file;
  for (const std::uint32_t sector : {25u, 32u, 0xffffffffu}) {
    file.set_entry(5, sector);
    check_refused(file, Errc::corrupt, "outside the file");
  }
  for (const std::uint32_t sector : {1u, 2u, 3u, 7u, 8u, 15u, 24u}) {
    file.set_entry(5, sector);
    check_refused(file, Errc::corrupt, "overlaps");
  }
}

BOOST_AUTO_TEST_CASE(files_that_were_cut_off) {
  for (const VmdkFile& whole : {VmdkFile(), VmdkFile::stream(true)}) {
    for (std::uint64_t size = 0; size < whole.bytes().size(); size += 100) {
      VmdkFile file = whole;
      file.resize(size);
      BOOST_CHECK_THROW(open_guest(Format::vmdk, file.source()), Error);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(vmdk_descriptor)

namespace {

constexpr const char* kStart = "# Disk DescriptorFile\n";
constexpr const char* kExtent = "RW 64 SPARSE \"d.vmdk\"\n";

void check_taken(const std::string& text) {
  VmdkFile file;
  file.describe(text);
  BOOST_CHECK_NO_THROW(open_guest(Format::vmdk, file.source()));
}

void check_not_taken(const std::string& text, Errc code,
                     const std::string& words) {
  VmdkFile file;
  file.describe(text);
  check_refused(file, code, words);
}

// With one more line.
void check_line(const std::string& line, Errc code, const std::string& words) {
  check_not_taken(kStart + line + "\n" + kExtent, code, words);
}

}  // namespace

BOOST_AUTO_TEST_CASE(lines_that_are_known) {
  check_taken(std::string(kStart) + kExtent);
  for (const std::string line :
       {"version=3", "encoding=\"UTF-8\"", "CID=fffffffe", "parentCID=ffffffff",
        "isNativeSnapshot=\"no\"", "createType=\"streamOptimized\"",
        "# a comment", "\t", "\r", "ddb.toolsVersion = \"2147483647\"",
        "parentFileNameHint=\"\"",
        "ddb.uuid.parent=\"00000000-0000-0000-0000-000000000000\""}) {
    check_taken(kStart + line + "\n" + kExtent);
  }
  check_taken("# Disk DescriptorFile\r\nRDONLY  64\tSPARSE \"d x.vmdk\"\r\n");
  check_taken(kStart + std::string("RW 64 SPARSE \"d.vmdk\""));
}

BOOST_AUTO_TEST_CASE(what_comes_after_the_end_does_not_count) {
  check_taken(kStart + std::string(kExtent) + '\0' + "parentCID=1\n");
}

BOOST_AUTO_TEST_CASE(other_files) {
  check_line("parentCID=12345678", Errc::invalid, "parentCID is 12345678");
  check_line("parentFileNameHint=\"a.vmdk\"", Errc::invalid, "a.vmdk");
  check_line("ddb.uuid.parent=\"1\"", Errc::invalid, "ddb.uuid.parent");
  check_line("ddb.nativeParentHint=\"a\"", Errc::invalid, "nativeParentHint");
  check_line("createType=\"monolithicFlat\"", Errc::invalid, "monolithicFlat");
  check_line("createType=\"twoGbMaxExtentSparse\"", Errc::invalid, "twoGb");
  check_line("createType=\"seSparse\"", Errc::invalid, "seSparse");
  check_line("RW 64 SPARSE \"other.vmdk\"", Errc::invalid, "several extents");
  for (const std::string extent :
       {"RW 64 FLAT \"/etc/passwd\" 0", "RW 64 FLAT \"d-flat.vmdk\" 0",
        "RW 64 ZERO", "RW 64 VMFS \"d\"", "RW 64", "RW"}) {
    check_not_taken(kStart + extent + "\n", Errc::invalid, "another file");
  }
  for (const std::string name : {"/etc/passwd", "../d", "c:\\d", "a/b"}) {
    check_not_taken(kStart + ("RW 64 SPARSE \"" + name + "\"\n"), Errc::invalid,
                    "a path to another file");
  }
}

BOOST_AUTO_TEST_CASE(lines_that_are_not_understood) {
  check_line("changeTrackPath=\"d-ctk.vmdk\"", Errc::unsupported, "changeTr");
  check_line("isNativeSnapshot=\"yes\"", Errc::unsupported, "isNative");
  check_line("cid=1", Errc::unsupported, "'cid=1'");
  check_line("hello", Errc::unsupported, "'hello'");
  check_line("\x1b[2J\xff", Errc::unsupported, "'?[2J?'");
  check_line(std::string(300, 'x'), Errc::unsupported,
             std::string(60, 'x') + "...'");
  check_line("NOACCESS 64 SPARSE \"d\"", Errc::unsupported, "NOACCESS");
}

BOOST_AUTO_TEST_CASE(encrypted_disks) {
  for (const std::string line :
       {"encryptionKeys=\"vmware:key/list/x\"", " keySafe = \"a=b\""}) {
    const std::string text = kStart + line + "\n" + kExtent;
    VmdkFile file;
    file.describe(text);
    BOOST_CHECK_EXCEPTION(open_guest(Format::vmdk, file.source()),
                          format::Encrypted,
                          [](const format::Encrypted& locked) {
                            return locked.method() == "VMware's keys" &&
                                   locked.guest_size() == 8 * VmdkFile::kGrain;
                          });
    // What can be seen without the key is looked at first.
    file.set_entry(0, 4);
    check_refused(file, Errc::corrupt, "overlaps");
    check_line(line + "\nparentCID=1", Errc::invalid, "parentCID is 1");
  }
  check_line("encryptionKeysOf=\"x\"", Errc::unsupported, "not understood");
}

BOOST_AUTO_TEST_CASE(what_is_no_descriptor) {
  check_not_taken("", Errc::invalid, "one of several");
  check_not_taken(kExtent, Errc::corrupt, "begins with 'RW 64");
  check_not_taken(kStart, Errc::corrupt, "no extent");
  for (const std::string sectors :
       {"0", "-1", "x", "64x", "0x40", "99999999999999999999"}) {
    check_not_taken(kStart + ("RW " + sectors + " SPARSE \"d\"\n"),
                    Errc::corrupt, "sectors");
  }
  for (const std::string name :
       {"", "d", "\"\"", "\"", "\"a\"b\"", "\"d\" 0"}) {
    check_not_taken(kStart + ("RW 64 SPARSE " + name + "\n"), Errc::corrupt,
                    "the descriptor's extent");
  }
}

BOOST_AUTO_TEST_SUITE_END()
