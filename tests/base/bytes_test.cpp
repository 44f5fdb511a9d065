// tests/base/bytes_test.cpp: bytes, integers in byte order, times.
#include <boost/test/unit_test.hpp>
#include <limits>

#include "platter/base/clock.h"
#include "platter/base/integers.h"

using namespace platter;

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_AUTO_TEST_CASE(zeros_are_told_from_one_bit) {
  BOOST_CHECK(all_zero({}));
  for (const std::size_t size : {1, 2, 7, 64, 4096, 4097}) {
    Bytes run(size);
    BOOST_CHECK(all_zero(run));
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      run[at] = std::byte{1};
      BOOST_CHECK(!all_zero(run));
      run[at] = std::byte{0};
    }
  }
}

BOOST_AUTO_TEST_CASE(integers_have_their_byte_order) {
  Bytes raw(16);
  store_be<std::uint32_t>(raw, 1, 0x01020304);
  BOOST_CHECK(raw[1] == std::byte{1} && raw[4] == std::byte{4});
  BOOST_CHECK_EQUAL(load_be<std::uint32_t>(raw, 1), 0x01020304u);
  BOOST_CHECK_EQUAL(load_le<std::uint32_t>(raw, 1), 0x04030201u);
  store_le<std::uint64_t>(raw, 8, 0x1122334455667788);
  BOOST_CHECK(raw[8] == std::byte{0x88} && raw[15] == std::byte{0x11});
  BOOST_CHECK_EQUAL(load_be<std::uint16_t>(raw, 8), 0x8877u);
}

BOOST_AUTO_TEST_CASE(sums_and_products_that_do_not_fit_are_absent) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  BOOST_CHECK(checked_add(kMost - 1, 1) == kMost);
  BOOST_CHECK(!checked_add(kMost, 1));
  BOOST_CHECK(checked_multiply(kMost, 1) == kMost);
  BOOST_CHECK(
      !checked_multiply(std::uint64_t{1} << 32, std::uint64_t{1} << 32));
}

BOOST_AUTO_TEST_CASE(rounding_keeps_multiples) {
  BOOST_CHECK_EQUAL(divide_up(0, 512), 0u);
  BOOST_CHECK_EQUAL(divide_up(513, 512), 2u);
  BOOST_CHECK_EQUAL(round_up(512, 512), 512u);
  BOOST_CHECK_EQUAL(round_up(513, 512), 1024u);
  BOOST_CHECK_EQUAL(round_down(1023, 512), 512u);
}

BOOST_AUTO_TEST_CASE(times_are_told_in_utc) {
  BOOST_CHECK_EQUAL(to_text(Timestamp{}), "");
  BOOST_CHECK(!Timestamp{});
  const Timestamp time{1'700'000'000'500'000'000};
  BOOST_CHECK_EQUAL(to_text(time), "2023-11-14T22:13:20Z");
  BOOST_CHECK_EQUAL(to_text(time + std::chrono::hours(2)),
                    "2023-11-15T00:13:20Z");
}

BOOST_AUTO_TEST_SUITE_END()
