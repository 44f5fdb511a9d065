// tests/block/cluster_map_test.cpp: rank, select and their neighbours against
// a plain list of which clusters are used.
#include "platter/block/cluster_map.h"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "support/disks.h"
#include "support/errors.h"
#include "support/sparse.h"

using namespace platter;
using namespace platter::block;

namespace {

constexpr std::uint64_t kCluster = 512;

using Extents = std::map<std::uint64_t, std::uint64_t>;

// Knows how far its extents were asked for.
struct AskedDisk final : ByteSource {
  explicit AskedDisk(SourcePtr disk) : below(std::move(disk)) {}

  std::uint64_t size() const noexcept override { return below->size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    below->read(offset, out);
  }
  Extent extent_at(std::uint64_t offset) const override {
    farthest = std::max(farthest, offset);
    return below->extent_at(offset);
  }
  std::optional<std::vector<Tally>> tallies() const override {
    return below->tallies();
  }

  mutable SourcePtr below;
  mutable std::uint64_t farthest = 0;
};

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

// The same, for what it says of the clusters that follow, from the end.
std::uint64_t first_wrong_next(const ClusterMap& map,
                               const std::vector<bool>& used) {
  std::uint64_t next_used = used.size(), next_unused = used.size();
  for (std::uint64_t c = used.size(); c-- > 0;) {
    (used[c] ? next_used : next_unused) = c;
    if (map.next_used(c) != next_used) return c;
    for (const std::uint64_t most : {std::uint64_t{0}, c % 3'000, ~c}) {
      if (map.used_in_a_row(c, most) != std::min(next_unused - c, most)) {
        return c;
      }
    }
  }
  return used.size();
}

// Whether the map visits what is used, each once and in order.
bool visits(const ClusterMap& map, const std::vector<bool>& used,
            std::uint64_t first, std::uint64_t end) {
  bool right = true;
  std::uint64_t rank = map.rank(std::min(first, map.count()));
  std::uint64_t next = map.next_used(first);
  map.for_each_used(first, end, [&](std::uint64_t c, std::uint64_t r) {
    right = right && c == next && r == rank++ && used[c];
    next = map.next_used(c + 1);
  });
  return right && next >= std::min(end, map.count());
}

void check_map(const ClusterMap& map, const std::vector<bool>& used) {
  const auto total = static_cast<std::uint64_t>(std::ranges::count(used, true));
  BOOST_REQUIRE_EQUAL(map.count(), used.size());
  BOOST_REQUIRE_EQUAL(map.used(), total);
  BOOST_REQUIRE_EQUAL(map.rank(used.size()), total);
  BOOST_REQUIRE_EQUAL(first_wrong_rank(map, used), used.size());
  BOOST_REQUIRE_EQUAL(first_wrong_next(map, used), used.size());
  test::Random random(total);
  for (int n = 0; n < 50; ++n) {
    const std::uint64_t first = random.below(used.size() + 10);
    BOOST_REQUIRE(visits(map, used, first, first + random.below(5'000)));
  }
  BOOST_REQUIRE(visits(map, used, 0, used.size() + 1));
}

void check_disk(const ByteSource& disk) {
  for (const std::uint64_t factor : {1, 2, 32, 1'024, 8'192, 1 << 20}) {
    const ClusterMap map(disk, kCluster * factor);
    check_map(map, used_clusters(disk, kCluster * factor));
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
  const test::PatternDisk disk(kMiB, {{1'023, 2}});
  const ClusterMap map(disk, kCluster);
  BOOST_CHECK_EQUAL(map.used(), 2);
  BOOST_CHECK_EQUAL(map.select(0), 1);
}

BOOST_AUTO_TEST_CASE(random_disks_in_small_and_long_runs) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    check_disk(random_pattern(30'000 * kCluster, seed, 10 * kCluster));
    check_disk(random_pattern(50'001 * kCluster, seed, 20'000 * kCluster));
  }
}

BOOST_AUTO_TEST_CASE(ten_tebibytes_with_holes) {
  std::map<std::uint64_t, std::uint64_t> data;
  test::Random random(9);
  for (int n = 0; n < 500; ++n) data[random.below(160'000'000) * 65'536] = 1;
  const test::PatternDisk disk(10 * kTiB, data);
  const ClusterMap map(disk, 65'536);
  BOOST_REQUIRE_EQUAL(map.used(), data.size());
  std::uint64_t k = 0;
  for (const auto& [offset, length] : data) {
    BOOST_CHECK_EQUAL(map.select(k), offset / 65'536);
    BOOST_CHECK_EQUAL(map.rank(offset / 65'536), k++);
  }
  BOOST_CHECK_EQUAL(map.next_used(data.rbegin()->first / 65'536 + 1),
                    map.count());
}

// What tallies tell is what the extents tell.
BOOST_AUTO_TEST_CASE(disks_with_tallies) {
  for (const std::uint64_t longest : {300 * kKiB, 40 * kMiB, 300 * kMiB}) {
    const auto plain = std::make_shared<test::PatternDisk>(
        random_pattern(kGiB + 5 * kMiB + 512, longest, longest));
    const test::TalliedDisk tallied(plain);
    for (const std::uint64_t size :
         {4 * kKiB, 64 * kKiB, kMiB, 2 * kMiB, 32 * kMiB, 512 * kMiB}) {
      check_map(ClusterMap(tallied, size), used_clusters(*plain, size));
    }
  }
}

BOOST_AUTO_TEST_CASE(tallies_keep_a_map_from_the_extents) {
  const AskedDisk disk(std::make_shared<test::TalliedDisk>(
      std::make_shared<test::PatternDisk>(random_pattern(kGiB, 3, kMiB))));
  const ClusterMap clusters(disk, 64 * kKiB);
  const ClusterMap blocks(disk, kMiB);
  BOOST_CHECK_GT(clusters.used(), blocks.used());
  check_map(blocks, used_clusters(*disk.below, kMiB));
  BOOST_CHECK_EQUAL(disk.farthest, 0);
  // Where somebody asks, 64 MiB are looked at.
  BOOST_CHECK(clusters.is_used(clusters.select(0)));
  BOOST_CHECK_GT(disk.farthest, 0);
  BOOST_CHECK_LT(disk.farthest, 64 * kMiB);
}

BOOST_AUTO_TEST_CASE(tallies_that_contradict_the_extents) {
  const AskedDisk disk(std::make_shared<test::TalliedDisk>(
      std::make_shared<test::PatternDisk>(kGiB, Extents{{0, kMiB}})));
  const ClusterMap map(disk, 64 * kKiB);
  disk.below = std::make_shared<test::PatternDisk>(kGiB, Extents{{0, kKiB}});
  BOOST_CHECK_EXCEPTION(map.select(3), Error,
                        test::says(Errc::damaged, "counts 16"));
}

BOOST_AUTO_TEST_CASE(several_threads_look_for_the_same_clusters) {
  const test::TalliedDisk disk(
      std::make_shared<test::PatternDisk>(random_pattern(kGiB, 3, kMiB)));
  const ClusterMap map(disk, 64 * kKiB);
  const test::PatternDisk plain = random_pattern(kGiB, 3, kMiB);
  const ClusterMap expected(plain, 64 * kKiB);
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int n = 0; n < 4; ++n) {
      threads.emplace_back([&] {
        for (std::uint64_t k = 0; k < map.used(); ++k) {
          wrong += map.select(k) != expected.select(k);
        }
      });
    }
  }
  BOOST_CHECK_EQUAL(wrong, 0);
}

BOOST_AUTO_TEST_SUITE_END()
