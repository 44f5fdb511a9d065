// tests/format/raw_interop_test.cpp: qemu-img as the maker of the raw files we
// read.
#include <boost/test/unit_test.hpp>

#include "support/judges.h"

using namespace platter;
using format::Format;

BOOST_AUTO_TEST_SUITE(raw_interop)

BOOST_AUTO_TEST_CASE(files_that_qemu_made_and_wrote_into) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"preallocation=off", "preallocation=falloc", "preallocation=full"}) {
    BOOST_TEST_CONTEXT(options) {
      test::check_created(Format::raw, options, kMiB + 512, ++seed);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
