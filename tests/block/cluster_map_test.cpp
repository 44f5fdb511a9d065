// tests/block/cluster_map_test.cpp: rank, select and their neighbours against
// a plain list of which clusters are used.
#include "platter/block/cluster_map.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "support/disks.h"
#include "support/sparse.h"

using namespace platter;
using namespace platter::block;

namespace {

constexpr std::uint64_t kCluster = 512;

std::vector<bool> used_clusters(const ByteSource& disk, std::uint64_t size) {
  std::vector<bool> used(divide_up(disk.size(), size));
  for_each_extent(disk, 0, disk.size(), [&](const Extent& extent) {
    if (extent.kind == ExtentKind::zero) return;
    for (auto c = extent.offset / size; c * size < extent.end(); ++c) {
      used[c] = true;
    }
  });
  return used;
}

// The first cluster of which the map says something wrong; used.size() if
// there is none.
std::uint64_t first_wrong_rank(const ClusterMap& map,
                               const std::vector<bool>& used) {
  std::uint64_t rank = 0;
  for (std::uint64_t c = 0; c < used.size(); ++c) {
    if (map.is_used(c) != used[c] || map.rank(c) != rank) return c;
    if (used[c] && map.select(rank++) != c) return c;
  }
  return used.size();
}

// The same, for what it says of the next cluster of each kind, from the end.
std::uint64_t first_wrong_next(const ClusterMap& map,
                               const std::vector<bool>& used) {
  std::uint64_t next_used = used.size(), next_unused = used.size();
  for (std::uint64_t c = used.size(); c-- > 0;) {
    (used[c] ? next_used : next_unused) = c;
    if (map.next_used(c) != next_used) return c;
    if (map.next_unused(c) != next_unused) return c;
  }
  return used.size();
}

void check_map(const ClusterMap& map, const std::vector<bool>& used) {
  const auto total = static_cast<std::uint64_t>(std::ranges::count(used, true));
  BOOST_REQUIRE_EQUAL(map.count(), used.size());
  BOOST_REQUIRE_EQUAL(map.used(), total);
  BOOST_REQUIRE_EQUAL(map.rank(used.size()), total);
  BOOST_REQUIRE_EQUAL(first_wrong_rank(map, used), used.size());
  BOOST_REQUIRE_EQUAL(first_wrong_next(map, used), used.size());
}

std::vector<bool> grouped(const std::vector<bool>& used, std::uint64_t factor) {
  std::vector<bool> groups(divide_up(used.size(), factor));
  for (std::uint64_t c = 0; c < used.size(); ++c) {
    if (used[c]) groups[c / factor] = true;
  }
  return groups;
}

void check_disk(const ByteSource& disk) {
  const ClusterMap map(disk, kCluster);
  const std::vector<bool> used = used_clusters(disk, kCluster);
  check_map(map, used);
  for (const std::uint64_t factor : {1, 2, 32, 1'000, 8'192, 1'000'000}) {
    check_map(map.coarser(factor), grouped(used, factor));
  }
}

// Extents of random length, some of many thousand clusters.
test::PatternDisk random_pattern(std::uint64_t size, std::uint64_t seed,
                                 std::uint64_t longest) {
  test::Random random(seed);
  std::map<std::uint64_t, std::uint64_t> data;
  std::uint64_t at = random.below(longest);
  while (at < size) {
    const std::uint64_t length =
        std::min(size - at, 1 + random.below(1 + random.below(longest)));
    data[at] = length;
    at += length + random.below(1 + random.below(longest));
  }
  return {size, std::move(data)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cluster_map)

BOOST_AUTO_TEST_CASE(empty_and_full_disks) {
  for (const std::uint64_t clusters : {0, 1, 65'535, 65'536, 65'537, 131'072}) {
    const std::uint64_t size = clusters * kCluster;
    check_disk(test::PatternDisk(size, {}));
    check_disk(test::PatternDisk(size, {{0, size}}));
  }
}

BOOST_AUTO_TEST_CASE(a_short_last_cluster_counts) {
  check_disk(test::PatternDisk(513, {{512, 1}}));
  check_disk(test::PatternDisk(65'536 * kCluster + 1, {{0, 1}}));
}

BOOST_AUTO_TEST_CASE(one_byte_uses_its_cluster) {
  const ClusterMap map(test::PatternDisk(kMiB, {{1'023, 2}}), kCluster);
  BOOST_CHECK_EQUAL(map.used(), 2);
  BOOST_CHECK_EQUAL(map.select(0), 1);
}

BOOST_AUTO_TEST_CASE(random_disks_in_small_and_long_runs) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    check_disk(random_pattern(150'000 * kCluster, seed, 10 * kCluster));
    check_disk(random_pattern(250'001 * kCluster, seed, 100'000 * kCluster));
  }
}

BOOST_AUTO_TEST_CASE(ten_tebibytes_with_holes) {
  std::map<std::uint64_t, std::uint64_t> data;
  test::Random random(9);
  for (int n = 0; n < 500; ++n) data[random.below(160'000'000) * 65'536] = 1;
  const ClusterMap map(test::PatternDisk(10 * kTiB, data), 65'536);
  BOOST_REQUIRE_EQUAL(map.used(), data.size());
  std::uint64_t k = 0;
  for (const auto& [offset, length] : data) {
    BOOST_CHECK_EQUAL(map.select(k), offset / 65'536);
    BOOST_CHECK_EQUAL(map.rank(offset / 65'536), k++);
  }
  BOOST_CHECK_EQUAL(map.next_used(data.rbegin()->first / 65'536 + 1),
                    map.count());
}

BOOST_AUTO_TEST_SUITE_END()
