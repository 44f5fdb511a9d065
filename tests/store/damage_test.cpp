// tests/store/damage_test.cpp: rotten chunks, lying indexes, full disks.
#include <boost/test/unit_test.hpp>
#include <cstring>

#include "platter/base/digest.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "stores.h"
#include "support/errors.h"

namespace platter::test {
namespace {

using index::Batch;
using index::Durability;
using index::KeySpace;
using store::ChunkRef;

constexpr std::uint64_t kFirstFrame = 64;

// Rots the payload of the first frame of a pack.
void rot(TestStore& store, pack::PackId id) {
  store.disk().bytes(id).at(kFirstFrame + 56 + 40) ^= std::byte{1};
}

std::string chunk_key(ByteView plain) {
  const Hash128 hash = hash128(plain);
  Bytes key(17);
  key[0] = std::byte{1};
  store_be<std::uint64_t>(key, 1, hash.high);
  store_be<std::uint64_t>(key, 9, hash.low);
  return std::string(as_text(key));
}

void set_entry(TestStore& store, ByteView plain, std::string value) {
  Batch batch;
  batch.put(KeySpace::chunks, chunk_key(plain), std::move(value));
  store.index().write(batch, Durability::lazy);
}

std::string encoded(const ChunkRef& ref) {
  Bytes bytes(ChunkRef::kSize);
  ref.encode(bytes);
  return std::string(as_text(bytes));
}

BOOST_AUTO_TEST_SUITE(store_damage)

BOOST_AUTO_TEST_CASE(a_rotten_chunk_is_told_and_healed_by_the_next_upload) {
  TestStore store;
  const Bytes plain = wordy_bytes(30000, 1);
  const ChunkRef first = put(store, plain);
  store->sync();
  store.reopen();
  rot(store, first.pack);
  BOOST_CHECK_EXCEPTION(store->get(first), Error,
                        says(Errc::damaged, "pack 1 slot 0"));
  const ChunkRef second = put(store, plain);
  BOOST_CHECK(second != first);
  BOOST_CHECK(*store->get(second) == plain);
  BOOST_CHECK(put(store, plain) == second);
  store->sync();
  store.reopen();
  BOOST_CHECK(put(store, plain) == second);
  BOOST_CHECK_EXCEPTION(store->get(first), Error, has_code(Errc::damaged));
}

BOOST_AUTO_TEST_CASE(a_lost_pack_costs_its_chunks_only) {
  TestStore store({.pack_target = 1});
  const Bytes one = wordy_bytes(3000, 1);
  const Bytes two = wordy_bytes(3000, 2);
  const ChunkRef first = put(store, one);
  const ChunkRef second = put(store, two);
  store->sync();
  store.close();
  store.disk().storage()->remove(first.pack);
  store.open();
  BOOST_CHECK_EXCEPTION(store->get(first), Error,
                        says(Errc::damaged, "pack 1 is lost"));
  BOOST_CHECK(*store->get(second) == two);
  BOOST_CHECK(*store->get(put(store, one)) == one);
}

BOOST_AUTO_TEST_CASE(a_pack_that_cannot_be_recovered_does_not_stop_the_rest) {
  TestStore store({.pack_target = 1});
  const ChunkRef first = put(store, wordy_bytes(3000, 1));
  const ChunkRef second = put(store, wordy_bytes(3000, 2));
  store->sync();
  store.close();
  std::memset(store.disk().bytes(second.pack).data(), 1, 200);
  store.open();
  BOOST_CHECK(*store->get(first) == wordy_bytes(3000, 1));
  BOOST_CHECK_EQUAL(store->stats().lost_packs, 1);
  BOOST_CHECK_EQUAL(store->stats().damaged, 0);
  BOOST_CHECK_EXCEPTION(store->get(second), Error, has_code(Errc::damaged));
  BOOST_CHECK_EQUAL(store->stats().damaged, 1);
}

BOOST_AUTO_TEST_CASE(an_index_that_lies_makes_no_false_duplicate) {
  TestStore store;
  const Bytes other = wordy_bytes(3000, 1);
  const Bytes plain = wordy_bytes(3000, 2);
  const ChunkRef wrong = put(store, other);
  store->sync();
  for (const std::string& lie :
       {encoded(wrong), encoded({wrong.pack, wrong.slot, hash128(plain).low}),
        encoded({77, 0, hash128(plain).low}), std::string("short"),
        std::string(), encoded(wrong) + "x", std::string(20 * 9, 'x')}) {
    set_entry(store, plain, lie);
    store.reopen();
    const ChunkRef ref = put(store, plain);
    BOOST_CHECK(ref != wrong);
    BOOST_CHECK(*store->get(ref) == plain);
    BOOST_CHECK(*store->get(wrong) == other);
    BOOST_CHECK(put(store, plain) == ref);
  }
}

BOOST_AUTO_TEST_CASE(a_full_disk_fails_the_put_and_nothing_else) {
  TestStore store({.pack_target = 20 * kKiB});
  std::vector<std::pair<ChunkRef, Bytes>> kept;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const Bytes plain = random_bytes(3000, i);
    // Also hits headers of new packs and trailers of full ones.
    store.faults().write_to_fail = static_cast<int>(1 + i % 3);
    try {
      kept.emplace_back(put(store, plain), plain);
    } catch (const Error& error) {
      BOOST_CHECK(error.code() == Errc::no_space);
      store.faults().write_to_fail = 0;
      kept.emplace_back(put(store, plain), plain);
    }
  }
  store.faults().write_to_fail = 0;
  store->sync();
  for (int round = 0; round < 2; ++round) {
    for (const auto& [ref, plain] : kept) {
      BOOST_REQUIRE(*store->get(ref) == plain);
      BOOST_REQUIRE(put(store, plain) == ref);
    }
    store.close();
    store.disk().forget();
    store.open();
  }
}

BOOST_AUTO_TEST_CASE(after_a_failed_sync_none_succeeds_until_opened_again) {
  TestStore store;
  const Bytes plain = wordy_bytes(3000, 1);
  const ChunkRef ref = put(store, plain);
  store.faults().sync_to_fail = 1;
  BOOST_CHECK_EXCEPTION(store->sync(), Error, has_code(Errc::io));
  put(store, wordy_bytes(3000, 2));
  BOOST_CHECK_EXCEPTION(store->sync(), Error, says(Errc::io, "mount again"));
  BOOST_CHECK(!store.index().get(KeySpace::chunks, chunk_key(plain)));
  BOOST_CHECK(*store->get(ref) == plain);
  store.reopen();
  const ChunkRef again = put(store, plain);
  BOOST_CHECK(again != ref);
  store->sync();
  BOOST_CHECK(*store->get(again) == plain);
}

BOOST_AUTO_TEST_CASE(the_index_names_only_what_was_synced) {
  TestStore store;
  const Bytes plain = wordy_bytes(3000, 1);
  const ChunkRef ref = put(store, plain);
  BOOST_CHECK(!store.index().get(KeySpace::chunks, chunk_key(plain)));
  store->sync();
  BOOST_CHECK(store.index().get(KeySpace::chunks, chunk_key(plain)) ==
              encoded(ref));
}

BOOST_AUTO_TEST_CASE(what_is_put_while_a_sync_runs_waits_for_the_next) {
  TestStore store;
  const Bytes late = wordy_bytes(3000, 2);
  put(store, wordy_bytes(3000, 1));
  store.faults().after_sync = [&] { put(store, late); };
  store->sync();
  store.faults().after_sync = [] {};
  BOOST_CHECK(!store.index().get(KeySpace::chunks, chunk_key(late)));
  store->sync();
  BOOST_CHECK(store.index().get(KeySpace::chunks, chunk_key(late)));
}

BOOST_AUTO_TEST_CASE(a_sealed_packs_chunks_are_indexed_without_a_sync) {
  TestStore store({.pack_target = 4 * kKiB});
  const Bytes plain = random_bytes(3000, 1);
  const ChunkRef ref = put(store, plain);
  const Bytes next = random_bytes(3000, 2);
  put(store, next);  // fills the first pack, and lies in the second
  BOOST_CHECK(store.index().get(KeySpace::chunks, chunk_key(plain)) ==
              encoded(ref));
  BOOST_CHECK(!store.index().get(KeySpace::chunks, chunk_key(next)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
