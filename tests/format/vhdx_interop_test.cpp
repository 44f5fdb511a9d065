// tests/format/vhdx_interop_test.cpp: qemu-img as the judge of the VHDXs we
// show, as the maker of those we read, and as the other one who replays logs.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "platter/base/digest.h"
#include "support/disk_files.h"
#include "support/sparse.h"
#include "support/vhdx_file.h"

using namespace platter;
using format::Format;
using test::DiskFolder;

namespace {

void check_view(block::SourcePtr guest) {
  const DiskFolder folder;
  const auto view = make_view(Format::vhdx, guest, test::some_identity());
  test::save(*guest, folder / "d.raw");
  test::save(*view, folder / "d.vhdx");
  test::run("qemu-img check -f vhdx " + folder / "d.vhdx");
  test::run("qemu-img info -f vhdx " + folder / "d.vhdx" + " | grep '(" +
            std::to_string(guest->size()) + " bytes)'");
  test::run("qemu-img compare -f vhdx -F raw " + folder / "d.vhdx" + " " +
            folder / "d.raw");
}

// Our reader sees what qemu sees.
void check_reader(const DiskFolder& folder) {
  const std::string raw = folder / "as-qemu.raw";
  test::run("qemu-img convert -f vhdx -O raw " + folder / "d.vhdx" + " " + raw);
  const block::SourcePtr file = test::open_file(folder / "d.vhdx");
  BOOST_REQUIRE(format::probe(*file) == Format::vhdx);
  const auto guest = open_guest(Format::vhdx, file);
  test::check_byte_source(*guest, read_all(*test::open_file(raw)));
  test::check_placements(*guest, *file);
}

constexpr std::uint64_t kDisk = 37 * kMiB + 3'584;

}  // namespace

BOOST_AUTO_TEST_SUITE(vhdx_interop)

BOOST_AUTO_TEST_CASE(qemu_accepts_views_of_many_disks) {
  for (const std::uint64_t size :
       {std::uint64_t{512}, std::uint64_t{198'144}, kMiB, kDisk}) {
    for (const unsigned percent : {0, 5, 100}) {
      BOOST_TEST_CONTEXT(size << " bytes, " << percent << " % data") {
        check_view(std::make_shared<test::SparseMemory>(
            test::random_disk(size, percent, percent)));
      }
    }
  }
}

// qemu would read all of their zeros to compare them, so a few places do. With
// 9 GiB there are entries for bitmaps between those of blocks.
BOOST_AUTO_TEST_CASE(qemu_opens_views_of_large_disks) {
  for (const std::uint64_t size :
       {9 * kGiB + 512, kTiB, kTiB + 512, 64 * kTiB}) {
    const std::uint64_t places[] = {0, 4 * kGiB - 1, 4 * kGiB, 8 * kGiB,
                                    size - 512};
    std::map<std::uint64_t, std::uint64_t> data;
    for (const std::uint64_t place : places) data[place] = 1;
    const auto guest = std::make_shared<test::PatternDisk>(size, data);
    const DiskFolder folder;
    const std::string path = folder / "d.vhdx";
    test::save(*make_view(Format::vhdx, guest, test::some_identity()), path);
    test::run("qemu-img check -f vhdx " + path);
    for (const std::uint64_t place : places) {
      Bytes byte(1);
      guest->read(place, byte);
      test::run("qemu-io -f vhdx -r -c 'read -v " + std::to_string(place) +
                " 1' " + path + " | grep -i ':  " + to_hex(byte) + "'");
    }
  }
}

BOOST_AUTO_TEST_CASE(files_that_qemu_made_and_wrote_into) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"subformat=dynamic", "subformat=fixed", "block_size=1M",
        "block_size=2M", "block_size=32M", "block_size=256M", "log_size=1M",
        "log_size=2M", "log_size=32M", "block_state_zero=off",
        "subformat=fixed,block_size=16M,log_size=4M"}) {
    BOOST_TEST_CONTEXT(options) {
      const DiskFolder folder;
      test::run("qemu-img create -f vhdx -o " + options + " " +
                folder / "d.vhdx" + " " + std::to_string(kDisk));
      check_reader(folder);
      test::write_randomly("vhdx", folder / "d.vhdx", kDisk, ++seed);
      check_reader(folder);
    }
  }
}

BOOST_AUTO_TEST_CASE(files_that_qemu_converted) {
  for (const std::string options :
       {"subformat=dynamic", "subformat=fixed", "block_size=1M,log_size=1M"}) {
    BOOST_TEST_CONTEXT(options) {
      const DiskFolder folder;
      test::save(test::SparseMemory(test::random_disk(9 * kMiB + 1'536, 3)),
                 folder / "d.raw");
      test::run("qemu-img convert -f raw -O vhdx -o " + options + " " +
                folder / "d.raw" + " " + folder / "d.vhdx");
      check_reader(folder);
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
  test::save(file, folder / "d.vhdx");
  const auto guest = open_guest(Format::vhdx, file.share());
  BOOST_CHECK(read_all(*guest) != before);
  test::run("qemu-img check -r all -f vhdx " + folder / "d.vhdx 2>&1");
  check_reader(folder);
  const auto mended =
      open_guest(Format::vhdx, test::open_file(folder / "d.vhdx"));
  BOOST_CHECK(read_all(*guest) == read_all(*mended));
}

BOOST_AUTO_TEST_SUITE_END()
