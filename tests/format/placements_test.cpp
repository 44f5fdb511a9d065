// tests/format/placements_test.cpp: order and batches of placements.
#include "../../src/format/placements.h"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "support/disks.h"

using namespace platter;
using namespace platter::format;

namespace {

std::vector<Placement> in_file_order(const std::vector<Placement>& placements,
                                     std::size_t batch) {
  std::vector<Placement> seen;
  visit_in_file_order(
      [&](const PlacementVisitor& visit) {
        for (const Placement& placement : placements) visit(placement);
      },
      [&](const Placement& placement) { seen.push_back(placement); }, batch);
  return seen;
}

// One page each, at shuffled places of the file that leave gaps.
std::vector<Placement> shuffled(std::size_t count, std::uint64_t seed) {
  std::vector<Placement> placements(count);
  for (std::size_t n = 0; n < count; ++n) {
    placements[n] = {2 * n * kPageSize, 0, kPageSize};
  }
  test::Random random(seed);
  for (std::size_t n = count; n-- > 1;) {
    std::swap(placements[n], placements[random.below(n + 1)]);
  }
  for (std::size_t n = 0; n < count; ++n) {
    placements[n].guest_offset = n * kPageSize;
  }
  return placements;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(placements)

BOOST_AUTO_TEST_CASE(every_batch_size_gives_the_same_order) {
  const std::vector<Placement> given = shuffled(1'000, 1);
  std::vector<Placement> sorted = given;
  std::ranges::sort(sorted, {}, &Placement::file_offset);
  for (const std::size_t batch : {1, 2, 7, 499, 500, 501, 1'000, 5'000}) {
    BOOST_CHECK(in_file_order(given, batch) == sorted);
  }
}

BOOST_AUTO_TEST_CASE(neighbours_are_joined_across_batches) {
  const std::vector<Placement> given = {
      {0, 0, 10}, {10, 10, 10}, {20, 20, 5}, {30, 25, 5}, {25, 30, 5}};
  const std::vector<Placement> joined = {{0, 0, 25}, {25, 30, 5}, {30, 25, 5}};
  for (const std::size_t batch : {1, 2, 3, 10}) {
    BOOST_CHECK(in_file_order(given, batch) == joined);
  }
}

BOOST_AUTO_TEST_CASE(none) { BOOST_CHECK(in_file_order({}, 3).empty()); }

BOOST_AUTO_TEST_SUITE_END()
