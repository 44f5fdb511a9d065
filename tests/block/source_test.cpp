// tests/block/source_test.cpp: the plain sources and Regions, by the laws.
#include <boost/test/unit_test.hpp>

#include "laws/byte_source.h"
#include "platter/block/regions.h"
#include "platter/block/sources.h"
#include "support/folder.h"
#include "support/sparse.h"

using namespace platter;
using namespace platter::block;

namespace {

// A hole that is only known page by page, and counts who asks.
class PagedHole final : public ByteSource {
 public:
  explicit PagedHole(std::uint64_t size) : size_(size) {}

  std::uint64_t size() const noexcept override { return size_; }
  void read(std::uint64_t, MutableBytes out) const override {
    std::memset(out.data(), 0, out.size());
  }
  Extent extent_at(std::uint64_t offset) const override {
    ++asked_;
    return {offset, kPageSize - offset % kPageSize, ExtentKind::zero};
  }

  std::uint64_t asked() const { return asked_; }

 private:
  std::uint64_t size_;
  mutable std::uint64_t asked_ = 0;
};

Bytes joined(std::initializer_list<ByteView> parts) {
  Bytes bytes;
  for (const ByteView part : parts) {
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  return bytes;
}

std::shared_ptr<File> sparse_file(const Path& path, ByteView bytes) {
  auto file = std::make_shared<File>(File::open(path, File::Mode::create_new));
  file->resize(bytes.size());
  for (std::uint64_t at = 0; at < bytes.size(); at += kPageSize) {
    const auto page = bytes.subspan(
        at, std::min<std::uint64_t>(kPageSize, bytes.size() - at));
    if (!all_zero(page)) file->write(at, page);
  }
  return file;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sources)

BOOST_AUTO_TEST_CASE(memory_holds_the_laws) {
  for (const std::uint64_t size : {0, 1, 4097, 1'000'000}) {
    const Bytes bytes = test::random_disk(size, size);
    test::check_byte_source(*memory_source(bytes), bytes);
  }
}

BOOST_AUTO_TEST_CASE(a_file_holds_the_laws_and_shows_its_holes) {
  const test::TemporaryFolder folder;
  const Bytes bytes =
      joined({Bytes(kMiB), test::random_bytes(kMiB, 1), Bytes(kMiB + 512)});
  const SourcePtr source = file_source(sparse_file(folder.path() / "f", bytes));
  test::check_byte_source(*source, bytes);
  BOOST_CHECK(source->extent_at(0).kind == ExtentKind::zero);
  BOOST_CHECK_EQUAL(next_of_kind(*source, 0, ExtentKind::data), kMiB);
  BOOST_CHECK_EQUAL(next_of_kind(*source, kMiB, ExtentKind::zero), 2 * kMiB);
}

BOOST_AUTO_TEST_CASE(zeros_hold_the_laws) {
  test::check_byte_source(*zero_source(70'000), Bytes(70'000));
  test::check_byte_source(*zero_source(0), Bytes());
}

BOOST_AUTO_TEST_CASE(a_slice_holds_the_laws) {
  const Bytes bytes = test::random_disk(kMiB, 3);
  const auto whole = std::make_shared<test::SparseMemory>(bytes);
  for (const auto& [offset, length] :
       {std::pair{0, 1'048'576}, {5'000, 300'000}, {1'048'576, 0}}) {
    const SourcePtr part = slice(whole, offset, length);
    test::check_byte_source(*part, ByteView(bytes).subspan(offset, length));
  }
}

BOOST_AUTO_TEST_CASE(a_padded_source_ends_in_zeros) {
  const Bytes bytes = test::random_disk(100'001, 4);
  for (const std::size_t padding : {0, 511, 200'000}) {
    const SourcePtr source = padded(std::make_shared<test::SparseMemory>(bytes),
                                    bytes.size() + padding);
    test::check_byte_source(*source, joined({bytes, Bytes(padding)}));
  }
}

BOOST_AUTO_TEST_CASE(regions_are_their_parts_end_to_end) {
  const Bytes first = test::random_disk(100'000, 5);
  const Bytes second = test::random_disk(3 * kMiB, 6);
  Regions regions;
  regions.append(first);
  regions.append(Bytes());
  regions.align_to(65'536);
  regions.append(std::make_shared<test::SparseMemory>(second));
  regions.append_zeros(7);
  regions.append(zero_source(0));
  regions.append(test::random_bytes(9, 7));
  test::check_byte_source(
      regions, joined({first, Bytes(131'072 - 100'000), second, Bytes(7),
                       test::random_bytes(9, 7)}));
}

BOOST_AUTO_TEST_CASE(no_regions_are_an_empty_source) {
  const Regions regions;
  test::check_byte_source(regions, Bytes());
}

BOOST_AUTO_TEST_CASE(a_walk_is_clipped_to_its_range) {
  const test::PatternDisk disk(10 * kMiB, {{kMiB, kMiB}, {2 * kMiB, kMiB}});
  std::vector<Extent> seen;
  for_each_extent(disk, kMiB + 5, 4 * kMiB,
                  [&](const Extent& extent) { seen.push_back(extent); });
  BOOST_REQUIRE_EQUAL(seen.size(), 2);
  BOOST_CHECK((seen[0] == Extent{kMiB + 5, 2 * kMiB - 5, ExtentKind::data}));
  BOOST_CHECK((seen[1] == Extent{3 * kMiB, 2 * kMiB + 5, ExtentKind::zero}));
}

BOOST_AUTO_TEST_CASE(content_is_compared_up_to_zeros_at_the_end) {
  const Bytes bytes = joined({test::random_disk(kMiB, 8), Bytes(5'000)});
  const auto sparse = std::make_shared<test::SparseMemory>(bytes);
  BOOST_CHECK(same_content(*sparse, *memory_source(bytes)));
  BOOST_CHECK(same_content(*sparse, *slice(sparse, 0, kMiB)));
  BOOST_CHECK(same_content(*padded(sparse, 3 * kMiB), *sparse));
  BOOST_CHECK(same_content(*zero_source(0), *zero_source(kTiB / 1'024)));
  for (const std::uint64_t at : {std::uint64_t{0}, kMiB - 1, kMiB + 4'999}) {
    Bytes other = bytes;
    other[at] ^= std::byte{1};
    BOOST_CHECK(!same_content(*sparse, *memory_source(other)));
    BOOST_CHECK(!same_content(*memory_source(other), *sparse));
  }
  BOOST_CHECK(!same_content(*sparse, *slice(sparse, 0, kMiB / 2)));
}

BOOST_AUTO_TEST_CASE(a_comparison_walks_a_hole_once) {
  const PagedHole hole(64 * kMiB);
  BOOST_CHECK(same_content(hole, *memory_source(Bytes(8 * kMiB))));
  BOOST_CHECK_LE(hole.asked(), hole.size() / kPageSize);
}

BOOST_AUTO_TEST_SUITE_END()
