// tests/metrics/figures_test.cpp: the text that Prometheus reads.
#include "platter/metrics/figures.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"

namespace platter::test {
namespace {

using namespace std::chrono_literals;
using metrics::Families;
using metrics::Figures;
using metrics::Kind;

std::string text_of(Families families) {
  Figures figures;
  figures.add([&] { return families; });
  return figures.text();
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(figures)

BOOST_AUTO_TEST_CASE(counters_and_gauges_say_what_they_are) {
  const std::string text =
      text_of({metrics::counter("platter_a_total", "All of them.", 3u),
               metrics::gauge("platter_b_bytes", "How many.", 1'610'612'736u)});
  BOOST_TEST(text.substr(0, text.find("#  ")) ==
             "# HELP platter_a_total All of them.\n"
             "# TYPE platter_a_total counter\n"
             "platter_a_total 3\n"
             "# HELP platter_b_bytes How many.\n"
             "# TYPE platter_b_bytes gauge\n"
             "platter_b_bytes 1610612736\n");
}

BOOST_AUTO_TEST_CASE(labels_are_escaped) {
  const std::string text = text_of(
      {{"platter_c", "C.", Kind::gauge, {{{{"name", "a\"b\\c\nd"}}, 1}}}});
  BOOST_TEST(has_line(text, R"(platter_c{name="a\"b\\c\nd"} 1)"));
}

BOOST_AUTO_TEST_CASE(buckets_count_what_is_shorter_too) {
  metrics::Histogram histogram;
  histogram.observe(5us);
  histogram.observe(20us);
  histogram.observe(1min);
  const std::string text = text_of({{"platter_d_seconds",
                                     "D.",
                                     Kind::histogram,
                                     {{{}, 0, histogram.read()}}}});
  BOOST_TEST(has_line(text, "# TYPE platter_d_seconds histogram"));
  BOOST_TEST(has_line(text, R"(platter_d_seconds_bucket{le="1e-05"} 1)"));
  BOOST_TEST(has_line(text, R"(platter_d_seconds_bucket{le="10"} 2)"));
  BOOST_TEST(has_line(text, R"(platter_d_seconds_bucket{le="+Inf"} 3)"));
  BOOST_TEST(has_line(text, "platter_d_seconds_count 3"));
  BOOST_TEST(has_line(text, "platter_d_seconds_sum 60.000025"));
}

BOOST_AUTO_TEST_CASE(a_collector_that_fails_takes_nothing_else_along) {
  Figures figures;
  figures.add([]() -> Families { throw Error(Errc::io, "no figures today"); });
  figures.add([] { return Families{metrics::gauge("platter_e", "E.", 1)}; });
  BOOST_TEST(has_line(figures.text(), "platter_e 1"));
}

// A reader that cuts the text where it ended a moment ago loses blanks.
BOOST_AUTO_TEST_CASE(a_digit_more_moves_the_end_by_nothing_or_by_blanks) {
  std::string help;
  std::string before;
  for (int n = 0; n < 9000; ++n) {
    const std::string text = text_of({metrics::gauge("platter_g", help, 1)});
    BOOST_REQUIRE(text.size() % Figures::kTextUnit == 0);
    BOOST_REQUIRE(text.ends_with(" \n"));
    BOOST_REQUIRE(before.size() <= text.size());
    const std::size_t end = text.find("\nplatter_g 1\n") + 13;
    BOOST_REQUIRE(n == 0 || end <= before.size());
    before = text;
    help += 'x';
  }
}

BOOST_AUTO_TEST_CASE(what_is_shown_is_worked_out_when_it_is_read) {
  int value = 1;
  Figures figures;
  figures.add(
      [&] { return Families{metrics::gauge("platter_f", "F.", value)}; });
  value = 2;
  BOOST_TEST(has_line(figures.text(), "platter_f 2"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
