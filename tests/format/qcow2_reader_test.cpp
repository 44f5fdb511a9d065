// tests/format/qcow2_reader_test.cpp: what the reader takes and what it
// refuses, on files with one field changed.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "support/errors.h"
#include "support/qcow2_file.h"

using namespace platter;
using format::Format;
using test::Qcow2File;

namespace {

void check_reads_as(const Qcow2File& file, ByteView disk) {
  const auto guest = open_guest(Format::qcow2, file.source());
  test::check_byte_source(*guest, disk);
  test::check_placements(*guest, *file.source());
}

void check_refused(const Qcow2File& file, Errc code, const std::string& words) {
  BOOST_CHECK_EXCEPTION(open_guest(Format::qcow2, file.source()), Error,
                        test::says(code, words));
}

constexpr std::uint64_t kCompressed = std::uint64_t{1} << 62;

// The header of LUKS in the last cluster, which nothing else uses.
Qcow2File luks_file() {
  Qcow2File file;
  file.set_l2(2, 0);
  file.set32(32, 2);
  file.set32(112, 0x0537be77);
  file.set32(116, 16);
  file.set64(120, 7 * 512);
  file.set64(128, 300);
  return file;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(qcow2_reader)

BOOST_AUTO_TEST_CASE(the_plain_file) {
  const Qcow2File file;
  check_reads_as(file, file.disk());
}

BOOST_AUTO_TEST_CASE(version_2_has_no_features) {
  Qcow2File file;
  file.set32(4, 2);
  for (std::uint64_t at = 72; at < 112; at += 8) file.set64(at, 0);
  check_reads_as(file, file.disk());
  file.set_l2(0, Qcow2File::kData | Qcow2File::kCopied | 1);
  check_refused(file, Errc::corrupt, "reserved bits");
}

BOOST_AUTO_TEST_CASE(dirty_files_and_files_with_snapshots_are_read) {
  Qcow2File file;
  file.set64(72, 1);
  file.set32(60, 3);
  file.set64(64, 0x12345);
  check_reads_as(file, file.disk());
}

BOOST_AUTO_TEST_CASE(every_refcount_width_is_read) {
  for (std::uint32_t order = 0; order <= 6; ++order) {
    Qcow2File file;
    file.set32(96, order);
    check_reads_as(file, file.disk());
  }
}

BOOST_AUTO_TEST_CASE(zero_clusters_with_and_without_a_place) {
  Qcow2File file;
  Bytes disk = file.disk();
  std::fill_n(disk.begin(), 512, std::byte{0});
  file.set_l2(0, Qcow2File::kCopied | Qcow2File::kData | 1);
  file.set_l2(5, 1);
  check_reads_as(file, disk);
}

BOOST_AUTO_TEST_CASE(an_odd_size_is_filled_with_zeros) {
  Qcow2File file;
  file.set64(24, 1'100);
  Bytes disk = file.disk();
  disk.resize(1'100);
  disk.resize(1'536);
  check_reads_as(file, disk);
}

BOOST_AUTO_TEST_CASE(a_tail_that_the_guest_cannot_see_may_be_missing) {
  Qcow2File file;
  file.set64(24, 1'124);
  Bytes disk = file.disk();
  disk.resize(1'124);
  disk.resize(1'536);
  file.resize(Qcow2File::kData + 1'124);
  check_reads_as(file, disk);
  file.resize(Qcow2File::kData + 1'123);
  check_refused(file, Errc::corrupt, "outside the file");
}

BOOST_AUTO_TEST_CASE(clusters_in_any_order) {
  Qcow2File file;
  Bytes disk = file.disk();
  for (std::uint64_t n = 0; n < 3; ++n) {
    file.set_l2(n, Qcow2File::kCopied | (Qcow2File::kData + (2 - n) * 512));
  }
  std::swap_ranges(disk.begin(), disk.begin() + 512, disk.begin() + 1'024);
  check_reads_as(file, disk);
}

BOOST_AUTO_TEST_CASE(entries_past_the_disk_are_ignored) {
  Qcow2File file;
  file.set_l2(9, 0x7fff'ffff'ffff'ffff);
  file.set32(36, 2);
  file.set64(Qcow2File::kL1 + 8, 0x1234);
  check_reads_as(file, file.disk());
}

BOOST_AUTO_TEST_CASE(what_is_no_qcow2) {
  Qcow2File file;
  file.set32(0, 0x514649fc);
  check_refused(file, Errc::corrupt, "QFI");
  Qcow2File short_file;
  short_file.resize(71);
  check_refused(short_file, Errc::corrupt, "71 bytes");
  short_file = Qcow2File();
  short_file.resize(103);
  check_refused(short_file, Errc::corrupt, "103 bytes");
  for (const std::uint32_t version : {0u, 1u, 4u, ~0u}) {
    file = Qcow2File();
    file.set32(4, version);
    check_refused(file, Errc::unsupported,
                  "version is " + std::to_string(version));
  }
}

BOOST_AUTO_TEST_CASE(disks_that_need_another_file) {
  Qcow2File backing;
  backing.set64(8, 200);
  backing.set32(16, 10);
  check_refused(backing, Errc::invalid, "backing_file_offset is 0xc8");
  Qcow2File data_file;
  data_file.set64(72, 4);
  check_refused(data_file, Errc::invalid, "data file");
  Qcow2File extension;
  extension.set32(112, 0x44415441);
  extension.set32(116, 8);
  check_refused(extension, Errc::invalid, "data file");
}

BOOST_AUTO_TEST_CASE(encrypted_disks) {
  const auto check = [](const Qcow2File& file, const std::string& method) {
    BOOST_CHECK_EXCEPTION(
        open_guest(Format::qcow2, file.source()), format::Encrypted,
        [&](const format::Encrypted& locked) {
          return locked.code() == Errc::unsupported &&
                 locked.method() == method &&
                 locked.guest_size() == 8 * Qcow2File::kCluster &&
                 std::string(locked.what()).find(method) != std::string::npos;
        });
  };
  Qcow2File aes;
  aes.set32(32, 1);
  check(aes, "AES");
  aes.set64(24, 8 * Qcow2File::kCluster - 100);
  check(aes, "AES");
  check(luks_file(), "LUKS");
}

BOOST_AUTO_TEST_CASE(encrypted_disks_with_something_else_wrong) {
  // What can be seen without the key is looked at first.
  Qcow2File file = luks_file();
  file.set_l2(0, 0x10'0000);
  check_refused(file, Errc::corrupt, "outside the file");
  file = luks_file();
  file.set64(8, 200);
  check_refused(file, Errc::invalid, "backing_file_offset");
  file = luks_file();
  file.set32(32, 1);
  check_refused(file, Errc::corrupt,
                "crypt_method is 1, but there is a header extension");
  file.set32(32, 0);
  check_refused(file, Errc::corrupt, "crypt_method is 0");
  file.set32(32, 3);
  check_refused(file, Errc::unsupported, "crypt_method is 3");
  file = Qcow2File();
  file.set32(32, 2);
  check_refused(file, Errc::corrupt, "there is no header extension");
  file = luks_file();
  file.set32(116, 8);
  check_refused(file, Errc::corrupt, "has 8 bytes, not 16");
  for (const auto& [offset, words] :
       {std::pair{Qcow2File::kL2, "at 0x800 overlaps"},
        {std::uint64_t{8 * 512}, "ends outside the file"},
        {std::uint64_t{7 * 512 + 8}, "key_header_offset is 0xe08"}}) {
    file = luks_file();
    file.set64(120, offset);
    check_refused(file, Errc::corrupt, words);
  }
}

BOOST_AUTO_TEST_CASE(features) {
  Qcow2File corrupt;
  corrupt.set64(72, 2);
  check_refused(corrupt, Errc::corrupt, "corrupt bit");
  for (const unsigned bit : {5u, 6u, 31u, 63u}) {
    Qcow2File file;
    file.set64(72, std::uint64_t{1} << bit);
    check_refused(file, Errc::unsupported, "unknown");
  }
  Qcow2File extended;
  extended.set64(72, 16);
  check_refused(extended, Errc::corrupt, "extended L2");
  Qcow2File harmless;
  harmless.set64(80, ~std::uint64_t{0});
  harmless.set64(88, ~std::uint64_t{0});
  check_reads_as(harmless, harmless.disk());
}

BOOST_AUTO_TEST_CASE(compression_types) {
  Qcow2File file;
  file.set32(104, 2u << 24);
  file.set64(72, 8);
  check_refused(file, Errc::unsupported, "compression_type is 2");
  file.set32(104, 0);
  check_refused(file, Errc::corrupt, "compression_type is 0");
  file.set32(104, 1u << 24);
  check_reads_as(file, file.disk());
  file.set64(72, 0);
  check_refused(file, Errc::corrupt, "compression_type is 1");
  file.set32(100, 104);  // so there is no such field, but an extension
  file.set64(104, 0);
  check_reads_as(file, file.disk());
}

BOOST_AUTO_TEST_CASE(header_fields_out_of_range) {
  struct Case {
    std::uint64_t at;
    std::uint32_t value;
    std::string words;
  };
  for (const Case& field : {Case{20, 8, "cluster_bits is 8"},
                            {20, 22, "cluster_bits is 22"},
                            {96, 7, "refcount_order is 7"},
                            {100, 103, "header_length is 103"},
                            {100, 513, "header_length is 513"},
                            {36, 0, "l1_size 0 reaches only 0"},
                            {36, 4'194'305, "l1_size is 4194305"},
                            {36, 1'000, "l1_table at 0x600"},
                            {56, 0, "refcount_table_clusters is 0"},
                            {56, 16'385, "refcount_table_clusters is 16385"},
                            {56, 8, "refcount_table at 0x200"}}) {
    Qcow2File file;
    file.set32(field.at, field.value);
    check_refused(file, Errc::corrupt, field.words);
  }
}

BOOST_AUTO_TEST_CASE(sizes) {
  Qcow2File file;
  file.set64(24, 0);
  check_refused(file, Errc::invalid, "size is 0");
  for (const std::uint64_t size : {64 * 512 + 1ull, 1ull << 63, ~0ull}) {
    file.set64(24, size);
    check_refused(file, Errc::corrupt, "size is " + std::to_string(size));
  }
}

BOOST_AUTO_TEST_CASE(tables_at_wrong_places) {
  Qcow2File l1;
  l1.set64(40, Qcow2File::kL1 + 8);
  check_refused(l1, Errc::corrupt, "l1_table_offset is 0x608");
  l1.set64(40, ~std::uint64_t{511});
  check_refused(l1, Errc::corrupt, "ends outside the file");
  l1.set64(40, 0);
  check_refused(l1, Errc::corrupt, "L1 table at 0x0 overlaps");
  Qcow2File refcounts;
  refcounts.set64(48, 513);
  check_refused(refcounts, Errc::corrupt, "refcount_table_offset is 0x201");
  refcounts.set64(48, Qcow2File::kL1);
  check_refused(refcounts, Errc::corrupt, "refcount table at 0x600 overlaps");
  Qcow2File l2;
  l2.set64(Qcow2File::kL1, Qcow2File::kCopied | 0x10'0000);
  check_refused(l2, Errc::corrupt, "outside the file");
  l2.set64(Qcow2File::kL1, Qcow2File::kCopied | Qcow2File::kL1);
  check_refused(l2, Errc::corrupt, "L2 table at 0x600 overlaps");
  l2.set64(Qcow2File::kL1, Qcow2File::kL2 | 1);
  check_refused(l2, Errc::corrupt, "reserved bits");
}

BOOST_AUTO_TEST_CASE(two_l1_entries_on_one_table) {
  Qcow2File file;
  file.set32(36, 2);
  file.set64(24, 65 * 512);
  file.set64(Qcow2File::kL1 + 8, Qcow2File::kCopied | Qcow2File::kL2);
  check_refused(file, Errc::corrupt, "overlaps");
}

BOOST_AUTO_TEST_CASE(clusters_at_wrong_places) {
  struct Case {
    std::uint64_t entry;
    std::string words;
  };
  for (const Case& wrong : {Case{0, "overlaps"},
                            {512, "overlaps"},
                            {Qcow2File::kL1, "overlaps"},
                            {Qcow2File::kL2, "overlaps"},
                            {Qcow2File::kData, "overlaps"},
                            {8 * 512, "outside the file"},
                            {0x00ff'ffff'ffff'fe00, "outside"},
                            {std::uint64_t{1} << 60, "reserved bits"}}) {
    if (wrong.entry == 0) continue;
    Qcow2File file;
    file.set_l2(1, wrong.entry);
    check_refused(file, Errc::corrupt, wrong.words);
    file.set_l2(1, wrong.entry | 1);  // a place kept for zeros
    check_refused(file, Errc::corrupt, wrong.words);
  }
}

BOOST_AUTO_TEST_CASE(misaligned_clusters) {
  Qcow2File file;
  file.set32(20, 10);  // now every second cluster is misaligned
  file.set64(48, 1'024);
  file.set64(40, 2'048);
  file.set64(2'048, 1'536);
  check_refused(file, Errc::corrupt, "misaligned");
}

BOOST_AUTO_TEST_CASE(truncated_files) {
  const Qcow2File whole;
  for (std::uint64_t size = 0; size < whole.bytes().size(); ++size) {
    Qcow2File file;
    file.resize(size);
    BOOST_CHECK_EXCEPTION(open_guest(Format::qcow2, file.source()), Error,
                          test::has_code(Errc::corrupt));
  }
}

BOOST_AUTO_TEST_CASE(compressed_clusters_outside_the_file_or_on_tables) {
  // Bits 61 on count sectors for clusters of 512 bytes.
  Qcow2File file;
  file.set_l2(3, kCompressed | 8 * 512);
  check_refused(file, Errc::corrupt, "outside the file");
  file.set_l2(3, kCompressed | (std::uint64_t{1} << 61) | 7 * 512);
  check_refused(file, Errc::corrupt, "outside the file");
  file.set_l2(3, kCompressed | Qcow2File::kL2);
  check_refused(file, Errc::corrupt, "overlaps");
  file.set_l2(3, kCompressed | (Qcow2File::kData + 5));
  check_refused(file, Errc::corrupt, "overlaps");
}

BOOST_AUTO_TEST_CASE(compressed_clusters_that_do_not_decompress) {
  Qcow2File file;
  file.resize(9 * 512);
  file.set_l2(3, kCompressed | 8 * 512);
  // One stored block of deflate that is final, of 511, 512 and 513 bytes.
  for (const std::uint16_t length : {511, 512, 513}) {
    file.resize(11 * 512);
    file.set(8 * 512, Bytes(1'536));
    file.set_l2(3, kCompressed | (std::uint64_t{1} << 61) | (8 * 512));
    const std::array head = {std::byte{1},
                             static_cast<std::byte>(length & 0xff),
                             static_cast<std::byte>(length >> 8),
                             static_cast<std::byte>(~length & 0xff),
                             static_cast<std::byte>(~length >> 8 & 0xff)};
    file.set(8 * 512, head);
    file.set(8 * 512 + 5, test::random_bytes(length, 9));
    const auto guest = open_guest(Format::qcow2, file.source());
    Bytes cluster(512);
    if (length == 512) {
      guest->read(3 * 512, cluster);
      BOOST_CHECK(test::same_bytes(cluster, test::random_bytes(length, 9)));
    } else {
      BOOST_CHECK_EXCEPTION(guest->read(3 * 512, cluster), Error,
                            test::says(Errc::corrupt, "guest offset 0x600"));
      BOOST_CHECK_EXCEPTION(
          guest->read(3 * 512 + 9, MutableBytes(cluster).first(7)), Error,
          test::has_code(Errc::corrupt));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_too_many_clusters) {
  const Qcow2File file;
  const auto huge = block::padded(file.source(), (1ull << 30) * 512 + 1);
  BOOST_CHECK_EXCEPTION(open_guest(Format::qcow2, huge), Error,
                        test::says(Errc::unsupported, "1073741825 clusters"));
}

BOOST_AUTO_TEST_SUITE_END()
