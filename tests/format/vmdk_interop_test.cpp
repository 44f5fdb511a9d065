// tests/format/vmdk_interop_test.cpp: qemu-img as the judge of the VMDK files
// we show and as the maker of those we read; libvmdk and 7-Zip as further
// judges.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "platter/format/stream_vmdk.h"
#include "support/command.h"
#include "support/disk_files.h"
#include "support/errors.h"
#include "support/sparse.h"

using namespace platter;
using format::Format;

namespace {

using Folder = test::DiskFolder;

// Writes the disk to stdout as libvmdk reads it.
constexpr const char* kLibvmdk =
    "/usr/bin/python3 -c 'import sys, pyvmdk\n"
    "h = pyvmdk.handle(); h.open(sys.argv[1]); h.open_extent_data_files()\n"
    "n = h.get_media_size()\n"
    "while n > 0:\n"
    "    b = h.read_buffer(min(n, 1 << 20)); n -= len(b)\n"
    "    sys.stdout.buffer.write(b)' ";

bool has_libvmdk() { return test::has("/usr/bin/python3 -c 'import pyvmdk'"); }

void check_file(const Folder& folder, const std::string& name,
                std::uint64_t size) {
  const std::string file = folder / name;
  const std::string raw = folder / "d.raw";
  test::run("qemu-img check -f vmdk " + file);
  test::run("qemu-img compare -f vmdk -F raw " + file + " " + raw);
  if (size > 64 * kMiB) return;
  const std::string same = "cmp -n " + std::to_string(size) + " - " + raw;
  if (test::has("7zz --help")) {
    test::run("7zz e -so -tvmdk " + file + " 2>/dev/null | " + same);
  }
  if (has_libvmdk()) test::run(kLibvmdk + file + " | " + same);
}

void check_views(block::SourcePtr guest) {
  const Folder folder;
  test::save(*guest, folder / "d.raw");
  test::save(*make_view(Format::vmdk, guest, test::some_identity()),
             folder / "disk.vmdk");
  check_file(folder, "disk.vmdk", guest->size());
  const std::string name(format::kStreamVmdkName);
  test::save(*make_stream_vmdk(guest, test::some_identity()), folder / name);
  check_file(folder, name, guest->size());
}

// Our reader sees what qemu sees.
void check_reader(const Folder& folder) {
  const std::string raw = folder / "as-qemu.raw";
  test::run("qemu-img convert -f vmdk -O raw " + folder / "d.vmdk" + " " + raw);
  const block::SourcePtr file = test::open_file(folder / "d.vmdk");
  BOOST_REQUIRE(format::probe(*file) == Format::vmdk);
  const auto guest = open_guest(Format::vmdk, file);
  test::check_byte_source(*guest, read_all(*test::open_file(raw)));
  test::check_placements(*guest, *file);
}

Errc code_of(const std::string& path) {
  try {
    const auto file = test::open_file(path);
    open_guest(format::probe(*file), file);
  } catch (const Error& error) {
    return error.code();
  }
  return Errc::not_found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vmdk_interop)

BOOST_AUTO_TEST_CASE(views_of_many_disks) {
  for (const std::uint64_t size :
       {std::uint64_t{512}, std::uint64_t{198'144}, kMiB, 37 * kMiB + 3'584}) {
    for (const unsigned percent : {0, 5, 100}) {
      BOOST_TEST_CONTEXT(size << " bytes, " << percent << " % data") {
        check_views(std::make_shared<test::SparseMemory>(
            test::random_disk(size, size + percent, percent)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(views_of_large_disks) {
  test::Random random(1);
  for (const std::uint64_t size : {2 * kGiB + 512, 100 * kGiB}) {
    std::map<std::uint64_t, std::uint64_t> data = {{size - 512, 512}};
    for (int n = 0; n < 30; ++n) {
      data[random.below(size / kMiB) * kMiB] = 1 + random.below(kMiB);
    }
    check_views(std::make_shared<test::PatternDisk>(size, data));
  }
}

BOOST_AUTO_TEST_CASE(files_that_qemu_made) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"subformat=monolithicSparse", "subformat=streamOptimized", "compat6=on",
        "hwversion=21", "zeroed_grain=on", "adapter_type=lsilogic",
        "adapter_type=buslogic", "adapter_type=legacyESX",
        "toolsversion=12345"}) {
    for (const std::uint64_t size : {std::uint64_t{512}, 9 * kMiB + 1'536}) {
      BOOST_TEST_CONTEXT(options << ", " << size << " bytes") {
        const Folder folder;
        Bytes disk = test::random_disk(size, ++seed, 20);
        for (std::byte& byte : disk) byte &= std::byte{3};
        test::save(test::SparseMemory(disk), folder / "d.raw");
        test::run("qemu-img convert -f raw -O vmdk -o " + options + " " +
                  folder / "d.raw" + " " + folder / "d.vmdk");
        check_reader(folder);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(files_that_qemu_wrote_into) {
  for (const std::string options :
       {"subformat=monolithicSparse", "zeroed_grain=on", "compat6=on"}) {
    const Folder folder;
    test::run("qemu-img create -f vmdk -o " + options + " " +
              folder / "d.vmdk" + " 70M");
    check_reader(folder);
    test::run(
        "qemu-io -f vmdk -t unsafe -c 'write -P 1 68M 64k' -c 'write -P 2 "
        "100k 2M' -c 'write -z 4M 1M' -c 'write -z 256k 128k' -c 'write "
        "-P 3 32767k 2k' " +
        folder / "d.vmdk");
    check_reader(folder);
  }
}

BOOST_AUTO_TEST_CASE(one_file_of_several_is_refused) {
  const Folder folder;
  for (const std::string subformat :
       {"monolithicFlat", "twoGbMaxExtentSparse", "twoGbMaxExtentFlat"}) {
    const std::string path = folder / (subformat + ".vmdk");
    test::run("qemu-img create -f vmdk -o subformat=" + subformat + " " + path +
              " 4M");
    BOOST_CHECK(code_of(path) == Errc::invalid);
  }
  BOOST_CHECK(code_of(folder / "twoGbMaxExtentSparse-s001.vmdk") ==
              Errc::invalid);
}

BOOST_AUTO_TEST_CASE(a_disk_with_a_parent_is_refused) {
  const Folder folder;
  const std::string base = folder / "base.vmdk";
  test::run("qemu-img create -f vmdk " + base + " 4M");
  test::run("qemu-img create -f vmdk -b " + base + " -F vmdk " +
            folder / "above.vmdk");
  BOOST_CHECK(code_of(folder / "above.vmdk") == Errc::invalid);
}

BOOST_AUTO_TEST_SUITE_END()
