// tests/store/collision_test.cpp: chunks with one hash and different bytes.
//
// XXH3 is not cryptographic. In long inputs it takes 64-bit lanes: a lane
// adds the product of the halves of (data xor secret), and its neighbour adds
// the data itself. Where the low half of the data equals that of the public
// secret the product is 0, and only the sum of two such lanes matters: what is
// added to one high half may be taken from the other.
#define XXH_INLINE_ALL  // shows the library's secret
#include <xxhash.h>

#include <boost/test/unit_test.hpp>

#include "platter/base/digest.h"
#include "platter/base/integers.h"
#include "stores.h"

namespace platter::test {
namespace {

using store::ChunkRef;

constexpr std::uint64_t kSize = 64 * kKiB;
constexpr std::uint64_t kStripe = 64;     // bytes, 8 lanes
constexpr std::uint64_t kSecretStep = 8;  // bytes of secret a stripe goes on
constexpr std::uint64_t kHigh = 1ull << 32;

// A block for each `difference`, all of one Hash128.
Bytes colliding_block(std::uint64_t difference) {
  const ByteView secret(reinterpret_cast<const std::byte*>(XXH3_kSecret),
                        sizeof(XXH3_kSecret));
  Bytes block = random_bytes(kSize, 1);
  const auto low = [&](std::uint64_t at) {
    return std::uint64_t{load_le<std::uint32_t>(secret, at)};
  };
  store_le<std::uint64_t>(block, 0, low(0) + (1000 + difference) * kHigh);
  store_le<std::uint64_t>(block, kStripe,
                          low(kSecretStep) + (1000 - difference) * kHigh);
  return block;
}

BOOST_AUTO_TEST_SUITE(hash_collisions)

BOOST_AUTO_TEST_CASE(colliding_blocks_can_be_written_down) {
  BOOST_CHECK(colliding_block(0) != colliding_block(1));
  BOOST_CHECK(hash128(colliding_block(0)) == hash128(colliding_block(1)));
  BOOST_CHECK(hash128(colliding_block(0)) == hash128(colliding_block(999)));
}

BOOST_AUTO_TEST_CASE(colliding_chunks_are_kept_beside_each_other) {
  TestStore store;
  const Bytes one = colliding_block(1);
  const Bytes two = colliding_block(2);
  const ChunkRef first = put(store, one);
  const ChunkRef second = put(store, two);
  BOOST_CHECK(first != second);
  BOOST_CHECK_EQUAL(first.check, second.check);
  for (int round = 0; round < 3; ++round) {
    BOOST_CHECK(*store->get(first) == one);
    BOOST_CHECK(*store->get(second) == two);
    BOOST_CHECK(put(store, one) == first);
    BOOST_CHECK(put(store, two) == second);
    store->sync();
    if (round == 1) store.reopen();
  }
}

BOOST_AUTO_TEST_CASE(a_collision_with_what_the_index_knows_joins_it) {
  TestStore store;
  const ChunkRef first = put(store, colliding_block(1));
  store->sync();
  const ChunkRef second = put(store, colliding_block(2));
  store->sync();
  store.reopen();
  BOOST_CHECK(put(store, colliding_block(1)) == first);
  BOOST_CHECK(put(store, colliding_block(2)) == second);
}

BOOST_AUTO_TEST_CASE(many_collisions_are_stored_but_not_all_remembered) {
  TestStore store;
  std::vector<ChunkRef> refs;
  for (std::uint64_t i = 0; i < 30; ++i) {
    refs.push_back(put(store, colliding_block(i)));
    if (i % 7 == 0) store->sync();
  }
  for (std::uint64_t i = 0; i < 30; ++i) {
    BOOST_CHECK(*store->get(refs[i]) == colliding_block(i));
  }
  BOOST_CHECK(put(store, colliding_block(29)) == refs[29]);
  BOOST_CHECK(put(store, colliding_block(22)) == refs[22]);
  BOOST_CHECK(put(store, colliding_block(0)) != refs[0]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
