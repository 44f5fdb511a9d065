// tests/ingest/cutter_test.cpp: where a run of pages is cut.
#include "platter/ingest/cutter.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <vector>

#include "support/disks.h"
#include "support/samples.h"

namespace platter::ingest {
namespace {

using test::random_bytes;

// Where the chunks of `run` end.
std::vector<std::size_t> cuts_of(ByteView run) {
  std::vector<std::size_t> ends;
  std::size_t at = 0;
  while (at < run.size()) {
    at += first_cut(run.subspan(at));
    ends.push_back(at);
  }
  return ends;
}

void check_cuts(ByteView run) {
  std::size_t begin = 0;
  for (const std::size_t end : cuts_of(run)) {
    const std::size_t length = end - begin;
    BOOST_REQUIRE_LE(length, kMaxChunk);
    BOOST_REQUIRE_LE(end, run.size());
    if (end != run.size()) {
      BOOST_REQUIRE_GE(length, kMinChunk);
      BOOST_REQUIRE_EQUAL(length % kPageSize, 0);
    }
    begin = end;
  }
  BOOST_REQUIRE_EQUAL(begin, run.size());
}

BOOST_AUTO_TEST_SUITE(ingest_cutter)

BOOST_AUTO_TEST_CASE(chunks_tile_the_run_within_their_limits) {
  test::Random random(1);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::uint64_t size = 1 + random.below(kMiB);
    check_cuts(random_bytes(size, seed));
    check_cuts(test::wordy_bytes(size, seed));
    check_cuts(Bytes(size, std::byte{0x55}));
  }
  for (const std::size_t size :
       {std::size_t{1}, kMinChunk - 1, kMinChunk, kMinChunk + 1, kMaxChunk - 1,
        kMaxChunk, kMaxChunk + 1}) {
    check_cuts(random_bytes(size, size));
  }
}

BOOST_AUTO_TEST_CASE(a_cut_depends_on_no_more_than_one_chunk) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Bytes run = random_bytes(kMiB, seed);
    Bytes other = random_bytes(kMiB, seed + 1000);
    std::copy_n(run.begin(), kMaxChunk, other.begin());
    const std::size_t cut = first_cut(run);
    BOOST_TEST(cut == first_cut(ByteView(run).first(kMaxChunk)));
    BOOST_TEST(cut == first_cut(other));
    // A cut before the longest one is one that the pages up to it ask for.
    if (cut < kMaxChunk) BOOST_TEST(cut == first_cut(ByteView(run).first(cut)));
  }
}

BOOST_AUTO_TEST_CASE(random_pages_give_chunks_of_the_size_aimed_at) {
  const std::size_t chunks = cuts_of(random_bytes(32 * kMiB, 3)).size();
  BOOST_TEST(32 * kMiB / chunks > 52 * kKiB);
  BOOST_TEST(32 * kMiB / chunks < 66 * kKiB);
}

// A file that lies elsewhere on another disk is cut alike but for its start.
BOOST_AUTO_TEST_CASE(the_same_pages_at_another_place_give_the_same_chunks) {
  constexpr std::size_t kSame = 4 * kMiB;
  std::size_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Bytes file = random_bytes(kSame, seed);
    const std::size_t before = (1 + seed) * kPageSize;
    Bytes moved = random_bytes(before, seed + 1000);
    moved.insert(moved.end(), file.begin(), file.end());

    const auto plain = cuts_of(file);
    std::set<std::size_t> there;
    for (const std::size_t end : cuts_of(moved)) {
      if (end > before) there.insert(end - before);
    }
    // From the first cut that both have, all are the same.
    auto common = plain.begin();
    while (common != plain.end() && there.count(*common) == 0) ++common;
    BOOST_REQUIRE(common != plain.end());
    BOOST_CHECK(std::vector(common, plain.end()) ==
                std::vector(there.find(*common), there.end()));
    lost += *common;
  }
  BOOST_TEST(lost / 20 < 512 * kKiB);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::ingest
