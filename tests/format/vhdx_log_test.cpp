// tests/format/vhdx_log_test.cpp: VHDX files that were not closed.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "support/errors.h"
#include "support/vhdx_file.h"

using namespace platter;
using format::Format;
using test::VhdxFile;
using test::VhdxLogEntry;

namespace {

constexpr std::uint64_t kFileSize = 6 * kMiB;
constexpr std::uint64_t kPresent = VhdxFile::kPresent;

// The first page of the table with one entry changed.
Bytes table_with(const VhdxFile& file, std::uint64_t index,
                 std::uint64_t entry) {
  Bytes page = file.part(VhdxFile::kTable, 4'096);
  store_le(page, index * 8, entry);
  return page;
}

// The blocks at index 1 and 4 change places in the table.
Bytes swapped_table(const VhdxFile& file) {
  Bytes page = table_with(file, 1, VhdxFile::kData | kPresent);
  store_le(page, 4 * 8, (VhdxFile::kData + kMiB) | kPresent);
  return page;
}

Bytes swapped_disk(const VhdxFile& file) {
  Bytes disk(VhdxFile::kDisk);
  std::ranges::copy(file.part(VhdxFile::kData, kMiB), disk.begin() + kMiB);
  std::ranges::copy(file.part(VhdxFile::kData + kMiB, kMiB - 4'096),
                    disk.begin() + 4 * kMiB);
  return disk;
}

void check_reads_as(const VhdxFile& file, ByteView disk) {
  const auto guest = open_guest(Format::vhdx, file.share());
  test::check_byte_source(*guest, disk);
  test::check_placements(*guest, file);
}

void check_refused(const VhdxFile& file, Errc code, const std::string& words) {
  BOOST_CHECK_EXCEPTION(open_guest(Format::vhdx, file.share()), Error,
                        test::says(code, words));
}

constexpr const char* kMend = "qemu-img check -r all";

}  // namespace

BOOST_AUTO_TEST_SUITE(vhdx_log)

BOOST_AUTO_TEST_CASE(a_page_of_the_table_is_replayed) {
  VhdxFile file;
  put_log_entry(file, 0,
                VhdxLogEntry(5, 0, kFileSize)
                    .page(VhdxFile::kTable, swapped_table(file)));
  check_reads_as(file, swapped_disk(file));
}

BOOST_AUTO_TEST_CASE(an_entry_may_lie_round_the_logs_end) {
  for (const std::uint32_t position : {1'044'480u, 65'536u}) {
    VhdxFile file;
    put_log_entry(file, position,
                  VhdxLogEntry(1, position, kFileSize)
                      .page(VhdxFile::kTable, swapped_table(file)));
    check_reads_as(file, swapped_disk(file));
  }
}

BOOST_AUTO_TEST_CASE(later_entries_lie_over_earlier_ones) {
  VhdxFile file;
  put_log_entry(file, 8'192,
                VhdxLogEntry(7, 8'192, kFileSize)
                    .page(VhdxFile::kTable, table_with(file, 0, 0xfff8)));
  put_log_entry(
      file, 16'384,
      VhdxLogEntry(8, 8'192, kFileSize).zeros(VhdxFile::kTable, kMiB));
  put_log_entry(file, 20'480,
                VhdxLogEntry(9, 8'192, kFileSize)
                    .page(VhdxFile::kTable, swapped_table(file)));
  check_reads_as(file, swapped_disk(file));
}

BOOST_AUTO_TEST_CASE(entries_before_the_tail_are_done) {
  VhdxFile file;
  put_log_entry(file, 0,
                VhdxLogEntry(1, 0, kFileSize).zeros(VhdxFile::kTable, kMiB));
  put_log_entry(file, 4'096,
                VhdxLogEntry(2, 4'096, kFileSize)
                    .zeros(VhdxFile::kData, 8'192));  // which has none
  check_reads_as(file, file.disk());
}

BOOST_AUTO_TEST_CASE(the_highest_sequence_counts) {
  VhdxFile file;
  put_log_entry(file, 0,
                VhdxLogEntry(100, 0, kFileSize)
                    .page(VhdxFile::kTable, swapped_table(file)));
  // An older round of the ring, and one that its writer did not finish.
  put_log_entry(
      file, 65'536,
      VhdxLogEntry(50, 65'536, kFileSize).zeros(VhdxFile::kTable, kMiB));
  put_log_entry(file, 8'192,
                VhdxLogEntry(101, 0, kFileSize).zeros(VhdxFile::kTable, kMiB));
  file.set_le(VhdxFile::kLog + 8'192 + 100, std::uint8_t{1});
  check_reads_as(file, swapped_disk(file));
}

BOOST_AUTO_TEST_CASE(guest_data_that_the_log_wrote_is_no_placement) {
  VhdxFile file;
  Bytes disk = file.disk();
  const Bytes page = test::random_bytes(4'096, 77);
  put_log_entry(file, 0,
                VhdxLogEntry(5, 0, kFileSize)
                    .page(VhdxFile::kData + 12'288, page)
                    .zeros(VhdxFile::kData + kMiB, 8'192));
  std::ranges::copy(page, disk.begin() + 4 * kMiB + 12'288);
  std::fill_n(disk.begin() + kMiB, 8'192, std::byte{0});
  check_reads_as(file, disk);
  std::uint64_t placed = 0;
  open_guest(Format::vhdx, file.share())
      ->for_each_placement(
          [&](const format::Placement& each) { placed += each.length; });
  BOOST_CHECK_EQUAL(placed, 2 * kMiB - 4'096 - 4'096 - 8'192);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_to_grow) {
  VhdxFile file;
  Bytes disk = file.disk();
  put_log_entry(
      file, 0,
      VhdxLogEntry(5, 0, kFileSize)
          .page(VhdxFile::kTable, table_with(file, 0, kFileSize | kPresent))
          .zeros(kFileSize, kMiB));
  check_reads_as(file, disk);
  check_refused(
      [&] {
        VhdxFile shorter = file;
        shorter.resize(kFileSize - 1);
        return shorter;
      }(),
      Errc::corrupt, "it was cut off");
}

BOOST_AUTO_TEST_CASE(region_tables_and_metadata_are_replayed) {
  VhdxFile file;
  const Bytes first = file.part(VhdxFile::kMetadata, 4'096);
  file.write(VhdxFile::kMetadata, Bytes(4'096));
  put_log_entry(file, 0,
                VhdxLogEntry(5, 0, kFileSize).page(VhdxFile::kMetadata, first));
  check_reads_as(file, file.disk());
}

BOOST_AUTO_TEST_CASE(a_log_without_a_valid_entry) {
  VhdxFile file;
  file.set_headers(48, std::uint64_t{1});
  file.seal();
  check_refused(file, Errc::corrupt, kMend);
  // Of another log, damaged, or with its tail somewhere else.
  const VhdxLogEntry entry =
      VhdxLogEntry(5, 4'096, kFileSize).zeros(VhdxFile::kTable, kMiB);
  put_log_entry(file, 0, entry);
  check_refused(file, Errc::corrupt, "no entry that is whole");
  put_log_entry(file, 4'096, entry);
  BOOST_CHECK_NO_THROW(open_guest(Format::vhdx, file.share()));
  file.set_headers(48, std::uint64_t{2});
  file.seal();
  check_refused(file, Errc::corrupt, "no entry that is whole");
  put_log_entry(file, 4'096, entry);
  file.set_le(VhdxFile::kLog + 8'191, std::uint8_t{1});
  check_refused(file, Errc::corrupt, "no entry that is whole");
}

BOOST_AUTO_TEST_CASE(logs_that_are_not_replayed) {
  VhdxFile file;
  put_log_entry(file, 0, VhdxLogEntry(5, 0, kFileSize));
  BOOST_CHECK_NO_THROW(open_guest(Format::vhdx, file.share()));
  file.set_headers(64, std::uint16_t{1});
  file.seal();
  check_refused(file, Errc::unsupported, "version is 1");
  file.set_headers(64, std::uint16_t{0});
  file.set_headers(68, std::uint32_t{0});
  file.seal();
  check_refused(file, Errc::unsupported, "it has 0 bytes");
  file.resize(200 * kMiB);
  file.set_headers(72, 100 * kMiB);
  file.set_headers(68, static_cast<std::uint32_t>(65 * kMiB));
  file.seal();
  check_refused(file, Errc::unsupported, "68157440 bytes");
}

BOOST_AUTO_TEST_CASE(writes_at_impossible_places) {
  for (const std::uint64_t offset :
       {std::uint64_t{0}, 64 * kKiB, 192 * kKiB - 4'096, VhdxFile::kLog,
        VhdxFile::kLog + kMiB - 4'096, VhdxFile::kTable + 512,
        ~std::uint64_t{4'095}}) {
    VhdxFile file;
    put_log_entry(file, 0,
                  VhdxLogEntry(5, 0, kFileSize).page(offset, Bytes(4'096)));
    check_refused(file, Errc::corrupt, "it writes 4096 bytes at");
    put_log_entry(file, 0, VhdxLogEntry(5, 0, kFileSize).zeros(offset, 4'096));
    check_refused(file, Errc::corrupt, "it writes 4096 bytes at");
  }
  VhdxFile file;
  for (const std::uint64_t length :
       {std::uint64_t{512}, ~std::uint64_t{4'095}, kMiB}) {
    put_log_entry(file, 0,
                  VhdxLogEntry(5, 0, kFileSize).zeros(192 * kKiB, length));
    if (length == kMiB) {
      check_refused(file, Errc::corrupt, "on the headers, on itself");
    } else {
      check_refused(file, Errc::corrupt, "misaligned");
    }
  }
}

BOOST_AUTO_TEST_CASE(entries_that_contradict_themselves) {
  const auto changed = [](std::uint64_t at, std::uint8_t value) {
    VhdxFile file;
    put_log_entry(file, 0,
                  VhdxLogEntry(5, 0, kFileSize)
                      .page(VhdxFile::kTable, swapped_table(file)));
    file.set_le(VhdxFile::kLog + at, value);
    seal_vhdx(file, VhdxFile::kLog, 8'192);
    return file;
  };
  check_refused(changed(64, 1), Errc::corrupt, "descriptor is unknown");
  check_refused(changed(64 + 24, 6), Errc::corrupt,
                "descriptor has another sequence");
  check_refused(changed(4'096, 1), Errc::corrupt, "page has another sequence");
  check_refused(changed(4'096 + 4, 1), Errc::corrupt,
                "page has another sequence");
  check_refused(changed(8'188, 6), Errc::corrupt, "page has another sequence");
  check_refused(changed(24, 2), Errc::corrupt, "another sequence number");
}

// Entries whose checksums would have to be computed over and over.
BOOST_AUTO_TEST_CASE(a_log_made_to_waste_time) {
  VhdxFile file;
  file.set_headers(48, VhdxLogEntry::kLogId);
  file.seal();
  Bytes entry = VhdxLogEntry(5, 0, kFileSize).encode();
  store_le(entry, 8, static_cast<std::uint32_t>(kMiB));
  for (std::uint64_t at = 0; at < kMiB; at += 4'096) {
    file.write(VhdxFile::kLog + at, ByteView(entry).first(64));
  }
  check_refused(file, Errc::corrupt, "lie over each other");
}

BOOST_AUTO_TEST_SUITE_END()
