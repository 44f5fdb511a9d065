// tests/format/vmdk_interop_test.cpp: qemu-img, libvmdk and 7-Zip as judges of
// the VMDK files we show, and qemu-img as the maker of those we read.
#include <boost/test/unit_test.hpp>

#include "platter/format/stream_vmdk.h"
#include "support/errors.h"
#include "support/judges.h"

using namespace platter;
using format::Format;
using test::DiskFolder;

namespace {

// Of both kinds. They are rounded up to whole grains.
void check_views(const block::SourcePtr& guest) {
  const std::uint64_t size = round_up(guest->size(), 64 * kKiB);
  const auto identity = test::some_identity();
  test::check_with_all({Format::vmdk, "disk.vmdk",
                        *make_view(Format::vmdk, guest, identity), *guest,
                        size});
  test::check_with_all({Format::vmdk, std::string(format::kStreamVmdkName),
                        *make_stream_vmdk(guest, identity), *guest, size});
}

constexpr std::uint64_t kDisk = 5 * kMiB + 1'536;

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
  for (const auto& [size, percent] : {std::pair{512ul, 100u},
                                      {198'144ul, 0u},
                                      {kMiB, 100u},
                                      {5 * kMiB + 3'584, 40u},
                                      {37 * kMiB + 3'584, 1u}}) {
    BOOST_TEST_CONTEXT(size << " bytes, " << percent << " % data") {
      check_views(std::make_shared<test::SparseMemory>(
          test::random_disk(size, size + percent, percent)));
    }
  }
}

BOOST_AUTO_TEST_CASE(views_of_large_disks) {
  for (const std::uint64_t size : {2 * kGiB + 512, 200 * kGiB}) {
    check_views(std::make_shared<test::PatternDisk>(
        size,
        std::map<std::uint64_t, std::uint64_t>{
            {32 * kMiB - 1, 2}, {size / 2 + 100, 200'000}, {size - 512, 512}}));
  }
}

// Each value of each option.
BOOST_AUTO_TEST_CASE(files_that_qemu_made) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"subformat=monolithicSparse,adapter_type=ide,preallocation=full",
        "subformat=streamOptimized,adapter_type=lsilogic",
        "subformat=streamOptimized,hwversion=21,zeroed_grain=on",
        "adapter_type=buslogic,compat6=on",
        "adapter_type=legacyESX,zeroed_grain=on,toolsversion=12345"}) {
    BOOST_TEST_CONTEXT(options) {
      for (const std::uint64_t size : {std::uint64_t{512}, kDisk}) {
        test::check_converted(Format::vmdk, options,
                              test::compressible_disk(size, ++seed, 20));
      }
    }
  }
}

// Past the grains of the first table, too.
BOOST_AUTO_TEST_CASE(files_that_qemu_wrote_into) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"subformat=monolithicSparse", "zeroed_grain=on", "compat6=on"}) {
    BOOST_TEST_CONTEXT(options) {
      test::check_created(Format::vmdk, options, kDisk, ++seed);
    }
  }
  test::check_created(Format::vmdk, "zeroed_grain=on", 40 * kMiB, ++seed);
}

BOOST_AUTO_TEST_CASE(one_file_of_several_is_refused) {
  const DiskFolder folder;
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
  const DiskFolder folder;
  const std::string base = folder / "base.vmdk";
  test::run("qemu-img create -f vmdk " + base + " 4M");
  test::run("qemu-img create -f vmdk -b " + base + " -F vmdk " +
            folder / "above.vmdk");
  BOOST_CHECK(code_of(folder / "above.vmdk") == Errc::invalid);
}

BOOST_AUTO_TEST_SUITE_END()
