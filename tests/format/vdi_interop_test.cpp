// tests/format/vdi_interop_test.cpp: qemu-img as the judge of the VDI files we
// show and as the maker of those we read; 7-Zip as a second judge.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "support/command.h"
#include "support/disk_files.h"
#include "support/sparse.h"

using namespace platter;
using format::Format;

namespace {

using Folder = test::DiskFolder;

void check_view(block::SourcePtr guest) {
  const Folder folder;
  test::save(*guest, folder / "d.raw");
  test::save(*make_view(Format::vdi, guest, test::some_identity()),
             folder / "d.vdi");
  test::run("qemu-img check -f vdi " + folder / "d.vdi");
  test::run("qemu-img info -f vdi " + folder / "d.vdi" + " | grep '(" +
            std::to_string(guest->size()) + " bytes)'");
  test::run("qemu-img compare -f vdi -F raw " + folder / "d.vdi" + " " +
            folder / "d.raw");
  if (guest->size() <= 64 * kMiB && test::has("7zz --help")) {
    test::run("7zz e -so -tvdi " + folder / "d.vdi" + " 2>/dev/null | cmp - " +
              folder / "d.raw");
  }
}

// Our reader sees what qemu sees.
void check_reader(const Folder& folder) {
  const std::string raw = folder / "as-qemu.raw";
  test::run("qemu-img convert -f vdi -O raw " + folder / "d.vdi" + " " + raw);
  const block::SourcePtr file = test::open_file(folder / "d.vdi");
  BOOST_REQUIRE(format::probe(*file) == Format::vdi);
  const auto guest = open_guest(Format::vdi, file);
  test::check_byte_source(*guest, read_all(*test::open_file(raw)));
  test::check_placements(*guest, *file);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vdi_interop)

BOOST_AUTO_TEST_CASE(views_of_many_disks) {
  for (const std::uint64_t size :
       {std::uint64_t{512}, std::uint64_t{198'144}, kMiB, 37 * kMiB + 3'584}) {
    for (const unsigned percent : {0, 5, 100}) {
      BOOST_TEST_CONTEXT(size << " bytes, " << percent << " % data") {
        check_view(std::make_shared<test::SparseMemory>(
            test::random_disk(size, size + percent, percent)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(views_of_large_disks) {
  test::Random random(1);
  for (const std::uint64_t size : {2 * kGiB + 512, 3 * kTiB}) {
    std::map<std::uint64_t, std::uint64_t> data = {{size - 512, 512}};
    for (int n = 0; n < 30; ++n) {
      data[random.below(size / kMiB) * kMiB] = 1 + random.below(kMiB);
    }
    check_view(std::make_shared<test::PatternDisk>(size, data));
  }
}

BOOST_AUTO_TEST_CASE(files_that_qemu_made) {
  std::uint64_t seed = 0;
  for (const std::string options : {"static=off", "static=on"}) {
    for (const std::uint64_t size : {std::uint64_t{512}, 9 * kMiB + 1'536}) {
      BOOST_TEST_CONTEXT(options << ", " << size << " bytes") {
        const Folder folder;
        test::save(test::SparseMemory(test::random_disk(size, ++seed, 20)),
                   folder / "d.raw");
        test::run("qemu-img convert -f raw -O vdi -o " + options + " " +
                  folder / "d.raw" + " " + folder / "d.vdi");
        check_reader(folder);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(files_that_qemu_wrote_into) {
  for (const std::string options : {"static=off", "static=on"}) {
    const Folder folder;
    test::run("qemu-img create -f vdi -o " + options + " " + folder / "d.vdi" +
              " 9M");
    check_reader(folder);
    test::run(
        "qemu-io -f vdi -t unsafe -c 'write -P 1 8M 64k' -c 'write -P 2 "
        "100k 2M' -c 'write -z 4M 1M' -c 'discard 8M 1M' -c 'write -P 3 "
        "6143k 2k' " +
        folder / "d.vdi");
    check_reader(folder);
  }
}

BOOST_AUTO_TEST_SUITE_END()
