// tests/format/vhd_interop_test.cpp: qemu-img, libvhdi and 7-Zip as judges of
// the VHDs we show, and qemu-img as the maker of those we read.
#include <boost/test/unit_test.hpp>

#include "platter/format/azure_vhd.h"
#include "support/judges.h"

using namespace platter;
using format::Format;

namespace {

constexpr std::uint64_t kDisk = 5 * kMiB + 3'584;

void check_fixed(const block::SourcePtr& guest) {
  test::check_with_all({Format::vhd, "azure.vhd",
                        *make_azure_vhd(guest, test::some_identity()), *guest,
                        round_up(guest->size(), kMiB)});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vhd_interop)

BOOST_AUTO_TEST_CASE(views_of_many_disks) {
  for (const auto& [size, percent] : {std::pair{512ul, 100u},
                                      {198'144ul, 0u},
                                      {2 * kMiB, 100u},
                                      {kDisk, 40u},
                                      {37 * kMiB + 3'584, 1u}}) {
    BOOST_TEST_CONTEXT(size << " bytes, " << percent << " % data") {
      const auto guest = std::make_shared<test::SparseMemory>(
          test::random_disk(size, size + percent, percent));
      test::check_view(Format::vhd, guest);
      check_fixed(guest);
    }
  }
}

BOOST_AUTO_TEST_CASE(views_of_large_disks) {
  for (const std::uint64_t size : {2 * kGiB + 512, 2040 * kGiB}) {
    const auto guest = std::make_shared<test::PatternDisk>(
        size, std::map<std::uint64_t, std::uint64_t>{
                  {0, 512}, {size / 2 - 100, 70'000}, {size - 512, 512}});
    test::check_view(Format::vhd, guest);
    check_fixed(guest);
  }
}

BOOST_AUTO_TEST_CASE(files_that_qemu_made_and_wrote_into) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"subformat=dynamic", "subformat=fixed,preallocation=full",
        "subformat=dynamic,force_size=on,preallocation=falloc",
        "subformat=fixed,force_size=on"}) {
    BOOST_TEST_CONTEXT(options) {
      test::check_created(Format::vhd, options, kDisk, ++seed);
      test::check_converted(Format::vhd, options,
                            test::random_disk(kDisk, ++seed, 20));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
