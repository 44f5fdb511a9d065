// tests/format/vhdx_interop_test.cpp: qemu-img, libvhdi and 7-Zip as judges of
// the VHDXs we show, qemu-img as the maker of those we read and as the other
// one who replays logs.
#include <boost/test/unit_test.hpp>

#include "support/judges.h"
#include "support/vhdx_file.h"

using namespace platter;
using format::Format;
using test::DiskFolder;

namespace {

constexpr std::uint64_t kDisk = 5 * kMiB + 3'584;

}  // namespace

BOOST_AUTO_TEST_SUITE(vhdx_interop)

BOOST_AUTO_TEST_CASE(views_of_many_disks) {
  for (const auto& [size, percent] : {std::pair{512ul, 100u},
                                      {198'144ul, 0u},
                                      {kMiB, 100u},
                                      {kDisk, 40u},
                                      {6 * kMiB + 4'096, 40u}}) {
    BOOST_TEST_CONTEXT(size << " bytes, " << percent << " % data") {
      test::check_view(Format::vhdx,
                       std::make_shared<test::SparseMemory>(
                           test::random_disk(size, size + percent, percent)));
    }
  }
}

// With 9 GiB there are entries for bitmaps between those of blocks, past a
// tebibyte blocks are larger.
BOOST_AUTO_TEST_CASE(views_of_large_disks) {
  for (const std::uint64_t size :
       {9 * kGiB + 512, kTiB, kTiB + 512, 64 * kTiB}) {
    test::check_view(
        Format::vhdx,
        std::make_shared<test::PatternDisk>(
            size,
            std::map<std::uint64_t, std::uint64_t>{
                {4 * kGiB - 1, 2}, {8 * kGiB, 70'000}, {size - 512, 512}}));
  }
}

BOOST_AUTO_TEST_CASE(files_that_qemu_made_and_wrote_into) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"subformat=dynamic", "subformat=fixed", "block_size=1M,log_size=2M",
        "block_size=2M,block_state_zero=off", "block_size=4M,log_size=32M",
        "subformat=fixed,block_size=8M,log_size=4M",
        "block_size=16M,preallocation=full",
        "subformat=fixed,block_size=32M,block_state_zero=off",
        "block_size=64M,log_size=1M", "block_size=128M",
        "block_size=256M,log_size=8M,block_state_zero=off"}) {
    BOOST_TEST_CONTEXT(options) {
      test::check_created(Format::vhdx, options, kDisk, ++seed);
    }
  }
}

// A disk of several blocks, and of one that is not full.
BOOST_AUTO_TEST_CASE(files_that_qemu_converted) {
  for (const std::string options :
       {"subformat=dynamic", "subformat=fixed", "block_size=1M,log_size=1M"}) {
    BOOST_TEST_CONTEXT(options) {
      test::check_converted(Format::vhdx, options, test::random_disk(kDisk, 3));
    }
  }
}

BOOST_AUTO_TEST_CASE(qemu_replays_a_log_as_we_do) {
  test::VhdxFile file;
  const Bytes before = file.disk();
  Bytes table = file.part(test::VhdxFile::kTable, 4'096);
  store_le(table, 0, 6 * kMiB | test::VhdxFile::kPresent);
  store_le(table, 8, std::uint64_t{2});
  put_log_entry(file, 8'192,
                test::VhdxLogEntry(77, 8'192, 6 * kMiB)
                    .zeros(test::VhdxFile::kTable, 4'096));
  put_log_entry(file, 12'288,
                test::VhdxLogEntry(78, 8'192, 6 * kMiB)
                    .page(test::VhdxFile::kTable, table)
                    .page(6 * kMiB + 4'096, test::random_bytes(4'096, 5))
                    .zeros(6 * kMiB + 8'192, kMiB - 8'192));
  const DiskFolder folder;
  test::save(file, folder / "d.disk");
  const auto guest = open_guest(Format::vhdx, file.share());
  BOOST_CHECK(read_all(*guest) != before);
  test::run("qemu-img check -r all -f vhdx " + folder / "d.disk 2>&1");
  test::check_reader(Format::vhdx, folder);
  const auto mended =
      open_guest(Format::vhdx, test::open_file(folder / "d.disk"));
  BOOST_CHECK(read_all(*guest) == read_all(*mended));
}

BOOST_AUTO_TEST_SUITE_END()
