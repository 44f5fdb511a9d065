// tests/format/vhd_interop_test.cpp: qemu-img as the judge of the VHDs we show
// and as the maker of those we read.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "platter/format/azure_vhd.h"
#include "support/disk_files.h"
#include "support/sparse.h"

using namespace platter;
using format::Format;
using test::DiskFolder;

namespace {

void check_view(const block::ByteSource& guest, const block::ByteSource& view,
                std::uint64_t size) {
  const DiskFolder folder;
  test::save(guest, folder / "d.raw");
  test::save(view, folder / "d.vhd");
  test::run("qemu-img info -f vpc " + folder / "d.vhd" + " | grep '(" +
            std::to_string(size) + " bytes)'");
  test::run("qemu-img compare -f vpc -F raw " + folder / "d.vhd" + " " +
            folder / "d.raw");
}

// Our reader sees what qemu sees.
void check_reader(const DiskFolder& folder) {
  const std::string raw = folder / "as-qemu.raw";
  test::run("qemu-img convert -f vpc -O raw " + folder / "d.vhd" + " " + raw);
  const block::SourcePtr file = test::open_file(folder / "d.vhd");
  BOOST_REQUIRE(format::probe(*file) == Format::vhd);
  const auto guest = open_guest(Format::vhd, file);
  test::check_byte_source(*guest, read_all(*test::open_file(raw)));
  test::check_placements(*guest, *file);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vhd_interop)

BOOST_AUTO_TEST_CASE(qemu_reads_views_of_many_disks) {
  for (const std::uint64_t size : {std::uint64_t{512}, std::uint64_t{198'144},
                                   2 * kMiB, 37 * kMiB + 3'584}) {
    for (const unsigned percent : {0, 5, 100}) {
      BOOST_TEST_CONTEXT(size << " bytes, " << percent << " % data") {
        const auto guest = std::make_shared<test::SparseMemory>(
            test::random_disk(size, percent, percent));
        check_view(*guest,
                   *make_view(Format::vhd, guest, test::some_identity()), size);
        check_view(*guest, *make_azure_vhd(guest, test::some_identity()),
                   round_up(size, kMiB));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(qemu_reads_views_of_large_disks) {
  const std::uint64_t size = 2040 * kGiB;
  const auto guest = std::make_shared<test::PatternDisk>(
      size, std::map<std::uint64_t, std::uint64_t>{
                {0, 512}, {kTiB - 100, 70'000}, {size - 512, 512}});
  const auto view = make_view(Format::vhd, guest, test::some_identity());
  BOOST_CHECK_LT(view->size(), 16 * kMiB);
  check_view(*guest, *view, size);
}

BOOST_AUTO_TEST_CASE(files_that_qemu_made_and_wrote_into) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"subformat=dynamic", "subformat=fixed",
        "subformat=dynamic,force_size=on", "subformat=fixed,force_size=on"}) {
    for (const std::uint64_t size : {kMiB + 512, 37 * kMiB + 3'584}) {
      BOOST_TEST_CONTEXT(options << ", " << size << " bytes") {
        const DiskFolder folder;
        test::run("qemu-img create -f vpc -o " + options + " " +
                  folder / "d.vhd" + " " + std::to_string(size));
        check_reader(folder);
        test::write_randomly("vpc", folder / "d.vhd", size, ++seed);
        check_reader(folder);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(files_that_qemu_converted) {
  for (const std::string options :
       {"subformat=dynamic,force_size=on", "subformat=fixed,force_size=on",
        "subformat=dynamic", "subformat=fixed"}) {
    BOOST_TEST_CONTEXT(options) {
      const DiskFolder folder;
      test::save(test::SparseMemory(test::random_disk(9 * kMiB + 1'536, 3)),
                 folder / "d.raw");
      test::run("qemu-img convert -f raw -O vpc -o " + options + " " +
                folder / "d.raw" + " " + folder / "d.vhd");
      check_reader(folder);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
