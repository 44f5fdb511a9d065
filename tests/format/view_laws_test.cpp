// tests/format/view_laws_test.cpp: the laws of views, for disks that nobody
// thought of.
#include <boost/test/unit_test.hpp>

#include "laws/sketch.h"
#include "laws/views.h"

using namespace platter;

BOOST_AUTO_TEST_SUITE(view_laws)

// Most within one table of every format, some within several, few of many.
BOOST_AUTO_TEST_CASE(hold_for_every_disk) {
  test::fix_seed();
  BOOST_CHECK(rc::check([] {
    const auto sketch = *rc::gen::weightedOneOf<test::Sketch>(
        {{6, test::disk_up_to(5 * kMiB)},
         {3, test::disk_up_to(600 * kMiB)},
         {1, test::disk_up_to(3 * kTiB)}});
    test::check_views_of(sketch.disk(), *rc::gen::arbitrary<std::uint64_t>());
  }));
}

BOOST_AUTO_TEST_SUITE_END()
