// tests/ingest/range_set_test.cpp: ranges against one bit for each number.
#include <boost/test/unit_test.hpp>
#include <limits>
#include <vector>

#include "platter/ingest/staging.h"
#include "support/disks.h"

namespace platter::ingest {
namespace {

constexpr std::uint64_t kNumbers = 200;
constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

using Model = std::vector<bool>;

std::uint64_t run_end(const Model& model, std::uint64_t offset) {
  for (std::uint64_t at = offset; at < kNumbers; ++at) {
    if (model[at] != model[offset]) return at;
  }
  // Past the last number nothing is in the set.
  return model[offset] ? kNumbers : kNever;
}

void check_same(const RangeSet& set, const Model& model) {
  std::uint64_t total = 0;
  for (std::uint64_t at = 0; at < kNumbers; ++at) {
    BOOST_REQUIRE_EQUAL(set.contains(at), model[at]);
    BOOST_REQUIRE_EQUAL(set.run_end(at), run_end(model, at));
    total += model[at];
  }
  BOOST_REQUIRE_EQUAL(set.total(), total);
  const auto hull = set.hull();
  BOOST_REQUIRE_EQUAL(hull.has_value(), total > 0);
  if (!hull) return;
  const auto first = std::ranges::find(model, true) - model.begin();
  const auto last = std::find(model.rbegin(), model.rend(), true);
  BOOST_REQUIRE_EQUAL(hull->first, static_cast<std::uint64_t>(first));
  BOOST_REQUIRE_EQUAL(hull->second,
                      static_cast<std::uint64_t>(model.rend() - last));
}

BOOST_AUTO_TEST_SUITE(ingest_range_set)

BOOST_AUTO_TEST_CASE(random_changes_follow_the_model) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    test::Random random(seed);
    RangeSet set;
    Model model(kNumbers);
    for (int change = 0; change < 60; ++change) {
      const std::uint64_t begin = random.below(kNumbers);
      const std::uint64_t kind = random.below(8);
      if (kind == 0) {
        set.cut(begin);
        std::fill(model.begin() + static_cast<long>(begin), model.end(), false);
      } else {
        const std::uint64_t end =
            begin + random.below(std::min<std::uint64_t>(kNumbers - begin, 30));
        if (kind < 3) {
          set.erase(begin, end);
        } else {
          set.insert(begin, end);
        }
        std::fill(model.begin() + static_cast<long>(begin),
                  model.begin() + static_cast<long>(end), kind >= 3);
      }
      check_same(set, model);
    }
  }
}

BOOST_AUTO_TEST_CASE(neighbours_are_one_run) {
  RangeSet set;
  set.insert(0, 10);
  set.insert(20, 30);
  set.insert(10, 20);
  BOOST_TEST(set.run_end(0) == 30);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::ingest
