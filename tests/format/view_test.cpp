// tests/format/view_test.cpp: the table of what a guest can be shown as.
#include "platter/format/view.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "laws/format.h"
#include "platter/block/sources.h"

namespace platter::format {
namespace {

BOOST_AUTO_TEST_SUITE(format_view)

BOOST_AUTO_TEST_CASE(each_has_one_name_and_one_number) {
  std::set<std::string_view> names;
  std::set<View> numbers;
  for (const View view : views()) {
    BOOST_CHECK(view_named(name_of(view)) == view);
    BOOST_TEST(static_cast<unsigned>(view) < 32);
    names.insert(name_of(view));
    numbers.insert(view);
  }
  BOOST_TEST(names.size() == views().size());
  BOOST_TEST(numbers.size() == views().size());
  BOOST_CHECK(!view_named("azure"));
  BOOST_CHECK(!view_named(""));
}

BOOST_AUTO_TEST_CASE(the_plain_ones_are_the_formats) {
  for (const Format format : kFormats) {
    BOOST_TEST(is_plain(view_of(format)));
    BOOST_TEST(name_of(view_of(format)) == name_of(format));
  }
  BOOST_TEST(!is_plain(View::azure_vhd));
  BOOST_TEST(!is_plain(View::stream_vmdk));
}

BOOST_AUTO_TEST_CASE(what_holds_a_disk_shows_it) {
  const Bytes disk = test::random_disk(200 * kKiB, 1);
  const auto guest = block::memory_source(disk);
  for (const View view : views()) {
    BOOST_REQUIRE(can_hold(view, *guest));
    const auto file = make_view(view, guest, test::some_identity());
    const auto opened = open_guest(probe(*file), file);
    BOOST_TEST(block::same_content(*opened, *guest));
  }
}

BOOST_AUTO_TEST_CASE(a_disk_too_large_for_a_vhd_is_too_large_for_azure) {
  const auto guest = block::zero_source(2040 * kGiB + 512);
  BOOST_TEST(!can_hold(View::vhd, *guest));
  BOOST_TEST(!can_hold(View::azure_vhd, *guest));
  BOOST_TEST(can_hold(View::stream_vmdk, *guest));
  const auto largest = block::zero_source(64 * kTiB + 512);
  BOOST_TEST(!can_hold(View::stream_vmdk, *largest));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::format
