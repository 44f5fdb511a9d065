// tests/format/vmdk_set_interop_test.cpp: disks in several files as qemu-img
// makes them.
#include <boost/test/unit_test.hpp>

#include "fuzz/guest_laws.h"
#include "laws/byte_source.h"
#include "platter/base/file.h"
#include "support/disk_files.h"
#include "support/sparse.h"
#include "support/vmdk_set.h"

using namespace platter;

namespace {

constexpr const char* kSubformats[] = {"monolithicFlat", "twoGbMaxExtentSparse",
                                       "twoGbMaxExtentFlat"};

using Folder = test::DiskFolder;

std::shared_ptr<const format::SetGuest> open_files(const Folder& folder) {
  const auto text = test::open_file(folder / "d.vmdk");
  std::vector<block::SourcePtr> files;
  for (const std::string& name : format::part_names(*text)) {
    files.push_back(test::open_file(folder / name));
  }
  const auto set = format::open_set(*text, files);
  for (std::size_t file = 0; file < files.size(); ++file) {
    test::check_guest_placements(test::FileOfSet(set, file), *files[file]);
  }
  return set;
}

void check_reader(const Folder& folder) {
  const std::string raw = folder / "as-qemu.raw";
  test::run("qemu-img convert -f vmdk -O raw " + folder / "d.vmdk" + " " + raw);
  BOOST_TEST(same_content(*open_files(folder), *test::open_file(raw)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vmdk_set_interop)

BOOST_AUTO_TEST_CASE(sets_that_qemu_made) {
  std::uint64_t seed = 0;
  for (const std::string subformat : kSubformats) {
    for (const std::uint64_t size : {std::uint64_t{512}, 3 * kMiB + 1'536}) {
      BOOST_TEST_CONTEXT(subformat << ", " << size << " bytes") {
        const Folder folder;
        const Bytes disk = test::random_disk(size, ++seed, 20);
        test::save(test::SparseMemory(disk), folder / "d.raw");
        test::run("qemu-img convert -f raw -O vmdk -o subformat=" + subformat +
                  " " + folder / "d.raw" + " " + folder / "d.vmdk");
        test::check_byte_source(*open_files(folder), disk);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(sets_of_three_files_that_qemu_wrote_into) {
  for (const std::string subformat : kSubformats) {
    const Folder folder;
    test::run("qemu-img create -f vmdk -o subformat=" + subformat + " " +
              folder / "d.vmdk" + " 5G");
    BOOST_TEST(open_files(folder)->size() == 5 * kGiB);
    test::run(
        "qemu-io -f vmdk -t unsafe -c 'write -P 1 0 64k' -c 'write -P 2 "
        "2047M 2M' -c 'write -P 3 4G 100k' -c 'write -P 4 5242879k 1k' " +
        folder / "d.vmdk");
    check_reader(folder);
  }
}

BOOST_AUTO_TEST_SUITE_END()
