// tests/ingest/staging_test.cpp: a staged file against plain bytes, whatever
// is written, cut, grown and reopened, over every kind of base.
#include "platter/ingest/staging.h"

#include <boost/test/unit_test.hpp>

#include "laws/byte_source.h"
#include "platter/base/error.h"
#include "platter/block/sources.h"
#include "support/file_limit.h"
#include "support/folder.h"
#include "support/sparse.h"

namespace platter::ingest {
namespace {

using block::SourcePtr;
using test::Random;

// Data and holes in runs of whole sectors, so that pages hold both.
SourcePtr sector_source(std::uint64_t size, std::uint64_t seed) {
  Random random(seed);
  std::map<std::uint64_t, std::uint64_t> data;
  std::uint64_t at = random.below(9) * kSectorSize;
  while (at < size) {
    const auto length =
        std::min(size - at, (1 + random.below(20)) * kSectorSize);
    data.emplace(at, length);
    at += length + (1 + random.below(20)) * kSectorSize;
  }
  return std::make_shared<test::PatternDisk>(size, data);
}

// Does the same to a staged file and to plain bytes.
class Run {
 public:
  Run(SourcePtr base, std::uint64_t seed)
      : random_(seed),
        base_(std::move(base)),
        staging_(std::make_unique<Staging>(path(), base_)),
        model_(base_ ? block::read_all(*base_) : Bytes()) {}

  void step() {
    switch (random_.below(8)) {
      case 0:
        return resize();
      case 1:
        return reopen();
      case 2:
        return read();
      case 3:
        return check();
      default:
        return write();
    }
  }

  void check() {
    BOOST_REQUIRE_EQUAL(staging_->size(), model_.size());
    test::check_byte_source(*staging_->snapshot(), model_, random_.next());
  }

 private:
  Path path() const { return folder_.path() / "overlay"; }

  // Offsets and sizes that are often those of pages.
  std::uint64_t some(std::uint64_t limit) {
    const std::uint64_t value = random_.below(limit);
    return random_.below(3) == 0 ? round_down(value, kPageSize) : value;
  }

  void write() {
    const std::uint64_t offset = some(300 * kKiB);
    const Bytes bytes = test::random_bytes(some(20 * kKiB) + 1, random_.next());
    staging_->write(offset, bytes);
    const std::uint64_t end = offset + bytes.size();
    if (model_.size() < end) model_.resize(end);
    std::ranges::copy(bytes, model_.begin() + static_cast<long>(offset));
  }
  void resize() {
    const std::uint64_t size = some(320 * kKiB);
    staging_->resize(size);
    model_.resize(size);
  }
  // A restart: what is left is the overlay, and the base if it still counts.
  void reopen() {
    const bool has_base = staging_->has_base();
    if (random_.below(2) == 0) staging_->sync();
    staging_.reset();
    staging_ = std::make_unique<Staging>(path(), has_base ? base_ : nullptr);
    BOOST_REQUIRE_EQUAL(staging_->has_base(), has_base);
  }
  void read() {
    const std::uint64_t offset = random_.below(350 * kKiB);
    Bytes bytes(random_.below(40 * kKiB), std::byte{0xa5});
    const std::size_t got = staging_->read(offset, bytes);
    const std::uint64_t there =
        offset < model_.size() ? model_.size() - offset : 0;
    BOOST_REQUIRE_EQUAL(got, std::min<std::uint64_t>(bytes.size(), there));
    if (got == 0) return;
    BOOST_REQUIRE(test::same_bytes(ByteView(bytes).first(got),
                                   ByteView(model_).subspan(offset, got)));
  }

  test::TemporaryFolder folder_;
  Random random_;
  SourcePtr base_;
  std::unique_ptr<Staging> staging_;
  Bytes model_;
};

void check_runs(const std::function<SourcePtr(std::uint64_t seed)>& make_base) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      Run run(make_base(seed), seed);
      for (int step = 0; step < 60; ++step) run.step();
      run.check();
    }
  }
}

BOOST_AUTO_TEST_SUITE(ingest_staging)

BOOST_AUTO_TEST_CASE(without_a_base) {
  check_runs([](std::uint64_t) { return nullptr; });
}

BOOST_AUTO_TEST_CASE(over_bytes) {
  check_runs([](std::uint64_t seed) {
    return block::memory_source(test::random_bytes(150 * kKiB + seed, seed));
  });
}

BOOST_AUTO_TEST_CASE(over_pages_and_holes) {
  check_runs([](std::uint64_t seed) {
    return std::make_shared<test::SparseMemory>(
        test::random_disk(200 * kKiB + seed * 513, seed));
  });
}

BOOST_AUTO_TEST_CASE(over_sectors_and_holes) {
  check_runs([](std::uint64_t seed) {
    return sector_source(200 * kKiB + seed % 3, seed);
  });
}

BOOST_AUTO_TEST_CASE(over_zeros) {
  check_runs([](std::uint64_t seed) {
    return block::zero_source(100 * kKiB + seed * 100);
  });
}

BOOST_AUTO_TEST_CASE(a_cut_keeps_what_lies_before_it) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    test::TemporaryFolder folder;
    const auto base = sector_source(3 * kMiB, seed);
    Bytes expected = block::read_all(*base);
    expected.resize(2 * kMiB + seed * 700);
    Staging staging(folder.path() / "overlay", base);
    staging.resize(expected.size());
    BOOST_TEST(!staging.has_base());
    test::check_byte_source(*staging.snapshot(), expected, seed);
  }
}

BOOST_AUTO_TEST_CASE(a_new_file_is_empty_and_takes_nothing) {
  test::TemporaryFolder folder;
  Staging staging(folder.path() / "overlay", nullptr);
  BOOST_TEST(staging.empty());
  BOOST_TEST(staging.size() == 0);
  BOOST_TEST(staging.allocated() == 0);
  staging.write(10 * kMiB, to_bytes("x"));
  BOOST_TEST(!staging.empty());
  BOOST_TEST(staging.size() == 10 * kMiB + 1);
  staging.sync();
  BOOST_TEST(staging.allocated() > 0);
  BOOST_TEST(staging.allocated() < kMiB);
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_leaves_what_was_there) {
  test::TemporaryFolder folder;
  const Path path = folder.path() / "overlay";
  const Bytes before = test::random_bytes(30 * kKiB, 1);
  {
    Staging staging(path, nullptr);
    staging.write(0, before);
    const test::FileLimit limit(50 * kKiB);
    BOOST_CHECK_THROW(
        staging.write(31 * kKiB, test::random_bytes(30 * kKiB, 2)), Error);
    test::check_byte_source(*staging.snapshot(), before);
  }
  Staging again(path, nullptr);
  test::check_byte_source(*again.snapshot(), before);
  Bytes grown = before;
  grown.resize(60 * kKiB);
  again.resize(grown.size());
  test::check_byte_source(*again.snapshot(), grown);
}

using Range = std::pair<std::uint64_t, std::uint64_t>;

BOOST_AUTO_TEST_CASE(missing_bytes_are_known_until_they_are_written) {
  test::TemporaryFolder folder;
  const Path path = folder.path() / "overlay";
  const Bytes bytes = test::random_bytes(100'000, 1);
  {
    Staging staging(path, nullptr);
    staging.write(0, ByteView(bytes).first(30'000));
    BOOST_CHECK(!staging.missing());
    staging.miss(40'000, ByteView(bytes).subspan(40'000, 20'000));
    staging.miss(80'000, ByteView(bytes).subspan(80'000, 10'000));
    BOOST_CHECK(staging.missing() == Range(40'000, 90'000));
    staging.write(39'000, ByteView(bytes).subspan(39'000, 11'000));
    BOOST_CHECK(staging.missing() == Range(50'000, 90'000));
  }
  Staging staging(path, nullptr);
  BOOST_CHECK(staging.missing() == Range(50'000, 90'000));
  staging.resize(70'000);
  BOOST_CHECK(staging.missing() == Range(50'000, 70'000));
  staging.write(50'000, ByteView(bytes).subspan(50'000, 20'000));
  BOOST_CHECK(!staging.missing());
  BOOST_CHECK(!Staging(path, nullptr).missing());
}

// What the file reads anyway is not missing, but for its length.
BOOST_AUTO_TEST_CASE(bytes_that_are_there_are_not_missing) {
  test::TemporaryFolder folder;
  Staging staging(folder.path() / "overlay", nullptr);
  Bytes bytes = test::random_bytes(100'000, 1);
  std::fill(bytes.begin() + 8192, bytes.begin() + 16384, std::byte{0});
  staging.write(16384, ByteView(bytes).subspan(16384));
  staging.miss(0, bytes);
  BOOST_CHECK(staging.missing() == Range(0, 8192));
  staging.miss(bytes.size() - 10, Bytes(20));
  BOOST_CHECK(staging.missing() == Range(0, bytes.size() + 10));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::ingest
