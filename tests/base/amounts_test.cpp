// tests/base/amounts_test.cpp
#include "platter/base/amounts.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/bytes.h"

namespace platter {

BOOST_AUTO_TEST_SUITE(amounts)

BOOST_AUTO_TEST_CASE(sizes_as_people_write_them) {
  BOOST_CHECK(parse_size("0") == 0u);
  BOOST_CHECK(parse_size("4096") == 4096u);
  BOOST_CHECK(parse_size("64KiB") == 64 * kKiB);
  BOOST_CHECK(parse_size("64 mib") == 64 * kMiB);
  BOOST_CHECK(parse_size("3g") == 3 * kGiB);
  for (const char* text : {"", "KiB", "-1", "1.5GiB", "1  KiB", "5 bananas",
                           "99999999999999TiB"}) {
    BOOST_CHECK_MESSAGE(!parse_size(text), text);
  }
}

BOOST_AUTO_TEST_CASE(a_size_is_shown_as_it_is_read) {
  for (const std::uint64_t bytes :
       {std::uint64_t{0}, std::uint64_t{1}, 1023 * kKiB, kMiB, 10 * kGiB,
        3 * kTiB + 1, ~std::uint64_t{0}}) {
    BOOST_CHECK(parse_size(show_size(bytes)) == bytes);
  }
  BOOST_CHECK_EQUAL(show_size(10 * kGiB), "10GiB");
  BOOST_CHECK_EQUAL(about_size(36'700'000'000), "34.2 GiB");
}

BOOST_AUTO_TEST_CASE(times) {
  using namespace std::chrono_literals;
  BOOST_CHECK(parse_duration("90 min") == 5400s);
  BOOST_CHECK(parse_duration("30d") == 30 * 24h);
  BOOST_CHECK(!parse_duration("5 weeks"));
  BOOST_CHECK_EQUAL(show_duration(7200s), "2h");
}

BOOST_AUTO_TEST_CASE(a_number_is_the_whole_text) {
  BOOST_CHECK(parse_number<int>("-3") == -3);
  BOOST_CHECK(!parse_number<unsigned>("-3"));
  BOOST_CHECK(!parse_number<int>("3 "));
  BOOST_CHECK(!parse_number<int>(""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace platter
