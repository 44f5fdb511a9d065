// tests/laws/byte_source.h
//
// What must hold of every ByteSource, whatever it is made of: said once here,
// used by the tests of every room that makes one.
#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>

#include "platter/block/source.h"
#include "support/disks.h"

namespace platter::test {

inline bool same_bytes(ByteView a, ByteView b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

// Any range read by itself is that range of the whole.
inline void check_reads(const block::ByteSource& source, ByteView whole,
                        std::uint64_t seed) {
  Random random(seed);
  for (int round = 0; round < 64; ++round) {
    const std::uint64_t offset = random.below(whole.size() + 1);
    const std::uint64_t longest =
        std::min<std::uint64_t>(whole.size() - offset, 300 * kKiB);
    Bytes part(random.below(longest + 1), std::byte{0xa5});
    source.read(offset, part);
    BOOST_REQUIRE_MESSAGE(same_bytes(part, whole.subspan(offset, part.size())),
                          "read of " << part.size() << " at " << offset);
  }
}

// Extents tile the source, and zero ones are zeros.
inline void check_extents(const block::ByteSource& source, ByteView whole) {
  std::uint64_t offset = 0;
  while (offset < whole.size()) {
    const block::Extent extent = source.extent_at(offset);
    BOOST_REQUIRE_EQUAL(extent.offset, offset);
    BOOST_REQUIRE_GT(extent.length, 0);
    BOOST_REQUIRE_LE(extent.end(), whole.size());
    if (extent.kind == block::ExtentKind::zero) {
      BOOST_REQUIRE_MESSAGE(all_zero(whole.subspan(offset, extent.length)),
                            "zero extent at " << offset);
    }
    offset = extent.end();
  }
}

// for_each_extent joins what extent_at says, and an extent asked for in its
// middle has the same kind; next_of_kind finds where each kind begins.
inline void check_walks(const block::ByteSource& source, std::uint64_t seed) {
  Random random(seed);
  std::uint64_t offset = 0;
  block::ExtentKind last{};
  block::for_each_extent(
      source, 0, source.size(), [&](const block::Extent& extent) {
        BOOST_REQUIRE_EQUAL(extent.offset, offset);
        BOOST_REQUIRE(offset == 0 || extent.kind != last);
        const auto within = offset + random.below(extent.length);
        BOOST_REQUIRE(source.extent_at(within).kind == extent.kind);
        const auto other = extent.kind == block::ExtentKind::data
                               ? block::ExtentKind::zero
                               : block::ExtentKind::data;
        BOOST_REQUIRE_EQUAL(next_of_kind(source, within, extent.kind), within);
        BOOST_REQUIRE_EQUAL(next_of_kind(source, within, other), extent.end());
        last = extent.kind;
        offset = extent.end();
      });
  BOOST_REQUIRE_EQUAL(offset, source.size());
}

// All laws; `expected` is what the source must read as.
inline void check_byte_source(const block::ByteSource& source,
                              ByteView expected, std::uint64_t seed = 1) {
  BOOST_REQUIRE_EQUAL(source.size(), expected.size());
  BOOST_REQUIRE(same_bytes(block::read_all(source), expected));
  check_reads(source, expected, seed);
  check_extents(source, expected);
  check_walks(source, seed);
}

}  // namespace platter::test
