// tests/format/vdi_interop_test.cpp: qemu-img and 7-Zip as judges of the VDI
// files we show, and qemu-img as the maker of those we read.
#include <boost/test/unit_test.hpp>

#include "support/judges.h"

using namespace platter;
using format::Format;

namespace {

constexpr std::uint64_t kDisk = 5 * kMiB + 1'536;

}  // namespace

BOOST_AUTO_TEST_SUITE(vdi_interop)

BOOST_AUTO_TEST_CASE(views_of_many_disks) {
  for (const auto& [size, percent] : {std::pair{512ul, 100u},
                                      {198'144ul, 0u},
                                      {kMiB, 100u},
                                      {5 * kMiB + 3'584, 40u},
                                      {37 * kMiB + 3'584, 1u}}) {
    BOOST_TEST_CONTEXT(size << " bytes, " << percent << " % data") {
      test::check_view(Format::vdi,
                       std::make_shared<test::SparseMemory>(
                           test::random_disk(size, size + percent, percent)));
    }
  }
}

BOOST_AUTO_TEST_CASE(views_of_large_disks) {
  for (const std::uint64_t size : {2 * kGiB + 512, 10 * kTiB}) {
    test::check_view(
        Format::vdi,
        std::make_shared<test::PatternDisk>(
            size,
            std::map<std::uint64_t, std::uint64_t>{
                {kMiB - 1, 2}, {size / 2 + 100, 2 * kMiB}, {size - 512, 512}}));
  }
}

BOOST_AUTO_TEST_CASE(files_that_qemu_made_and_wrote_into) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"static=off", "static=on", "static=on,preallocation=full",
        "static=off,preallocation=falloc"}) {
    BOOST_TEST_CONTEXT(options) {
      test::check_created(Format::vdi, options, kDisk, ++seed);
      test::check_converted(Format::vdi, options,
                            test::random_disk(kDisk, ++seed, 20));
    }
  }
  test::check_converted(Format::vdi, "static=off", test::random_bytes(512, 1));
}

BOOST_AUTO_TEST_SUITE_END()
