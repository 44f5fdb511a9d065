// tests/format/claims_test.cpp: claims against one word for each cluster.
#include "../../src/format/claims.h"

#include <boost/test/unit_test.hpp>

#include "support/disks.h"

namespace platter::format {
namespace {

constexpr std::uint64_t kClusters = 140'000;  // more than two pieces

BOOST_AUTO_TEST_SUITE(format_claims)

BOOST_AUTO_TEST_CASE(random_claims_follow_the_model) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    test::Random random(seed);
    Claims claims(kClusters);
    std::vector<char> model(kClusters);  // 0, or who has it
    for (int turn = 0; turn < 3'000; ++turn) {
      const std::uint64_t first = random.below(kClusters);
      const std::uint64_t longest = turn % 10 == 0 ? 1'000 : 70;
      const std::uint64_t count =
          std::min(kClusters - first, random.below(longest));
      const auto begin = model.begin() + static_cast<long>(first);
      const auto end = begin + static_cast<long>(count);
      const bool share = random.below(3) == 0;
      const bool free = std::all_of(begin, end, [&](char owner) {
        return owner == 0 || (share && owner == 's');
      });
      BOOST_REQUIRE_EQUAL(
          share ? claims.share(first, count) : claims.own(first, count), free);
      if (free) std::fill(begin, end, share ? 's' : 'o');
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::format
