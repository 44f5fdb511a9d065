// tests/store/store_test.cpp: what the store keeps, keeps once, and tells.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <thread>

#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "stores.h"
#include "support/errors.h"

namespace platter::test {
namespace {

using pack::Kind;
using store::ChunkRef;

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

BOOST_AUTO_TEST_SUITE(store_contract)

BOOST_AUTO_TEST_CASE(what_is_put_is_got) {
  TestStore store;
  std::vector<std::pair<ChunkRef, Bytes>> put_in;
  for (const std::uint64_t size : {1u, 4096u, 60000u, 131072u, 1048575u}) {
    for (const Bytes& plain :
         {wordy_bytes(size, size), random_bytes(size, size)}) {
      put_in.emplace_back(put(store, plain), plain);
    }
  }
  const auto check = [&] {
    for (const auto& [ref, plain] : put_in) {
      BOOST_CHECK(*store->get(ref) == plain);
    }
  };
  check();
  store->sync();
  check();
  store.reopen_with_index();
  check();
}

BOOST_AUTO_TEST_CASE(a_chunk_is_kept_once) {
  TestStore store;
  const Bytes plain = wordy_bytes(50000, 1);
  const ChunkRef ref = put(store, plain);
  BOOST_CHECK(put(store, plain) == ref);
  store->sync();
  const std::uint64_t stored = store->stats().stored_bytes;
  BOOST_CHECK(put(store, plain) == ref);
  BOOST_CHECK_EQUAL(store->stats().stored_bytes, stored);
  BOOST_CHECK_EQUAL(store->stats().puts, 3);
  BOOST_CHECK_EQUAL(store->stats().duplicates, 2);

  store.reopen();
  BOOST_CHECK(put(store, plain) == ref);
}

BOOST_AUTO_TEST_CASE(without_its_index_it_still_reads) {
  TestStore store;
  const Bytes plain = wordy_bytes(50000, 1);
  const ChunkRef ref = put(store, plain);
  store->sync();
  store.lose_index();
  BOOST_CHECK(*store->get(ref) == plain);
  const ChunkRef again = put(store, plain);
  BOOST_CHECK(again != ref);
  BOOST_CHECK_GT(again.pack, ref.pack);
  BOOST_CHECK(*store->get(again) == plain);
}

BOOST_AUTO_TEST_CASE(equal_bytes_of_another_kind_are_another_chunk) {
  TestStore store;
  const Bytes plain = wordy_bytes(3000, 1);
  const ChunkRef data = store->put(Kind::data, plain);
  const ChunkRef record = store->put(Kind::record, plain);
  BOOST_CHECK(data != record);
  store->sync();
  BOOST_CHECK(store->put(Kind::data, plain) == data);
  BOOST_CHECK(store->put(Kind::record, plain) == record);
}

BOOST_AUTO_TEST_CASE(stored_length_is_that_of_the_frame) {
  TestStore store;
  const ChunkRef noise = put(store, random_bytes(1001, 1));
  BOOST_CHECK_EQUAL(store->stored_length(noise), round_up(56 + 1001, 8));
  BOOST_CHECK_LT(store->stored_length(put(store, wordy_bytes(9000, 1))), 5000);
}

BOOST_AUTO_TEST_CASE(references_to_nothing_are_damaged_and_named) {
  TestStore store;
  const ChunkRef ref = put(store, wordy_bytes(3000, 1));
  const auto refused = [&](ChunkRef wrong, const std::string& words) {
    BOOST_CHECK_EXCEPTION(store->get(wrong), Error, says(Errc::damaged, words));
    BOOST_CHECK_EXCEPTION(store->stored_length(wrong), Error,
                          says(Errc::damaged, words));
  };
  refused({99, 0, ref.check}, "pack 99");
  refused({ref.pack, 5, ref.check}, "slot 5");
  refused({ref.pack, 0xffffffff, ref.check}, "slot 4294967295");
  refused({ref.pack, ref.slot, ref.check + 1}, "another chunk");
  BOOST_CHECK(*store->get(ref) == wordy_bytes(3000, 1));
}

BOOST_AUTO_TEST_CASE(full_packs_are_sealed_and_few_stay_open) {
  constexpr std::uint64_t kPacks = 140;
  const TemporaryFolder folder;
  const auto index = index::open(folder.path() / "index");
  const auto open = [&] {
    return store::Store::open(*index,
                              pack::local_storage(folder.path() / "packs"),
                              {.pack_target = 64 * kKiB});
  };
  auto store = open();
  const std::size_t before = open_descriptors();
  std::vector<ChunkRef> refs;
  for (std::uint64_t i = 0; i < kPacks; ++i) {
    refs.push_back(store->put(Kind::data, random_bytes(40 * kKiB, i)));
  }
  BOOST_CHECK_EQUAL(store->stats().packs, kPacks);
  BOOST_CHECK_GT(store->stats().stored_bytes, kPacks * 40 * kKiB);
  BOOST_CHECK_LT(store->stats().stored_bytes, kPacks * 41 * kKiB);
  BOOST_CHECK_LT(open_descriptors(), before + 135);
  store->sync();

  store = open();
  BOOST_CHECK_LT(open_descriptors(), before + 10);
  for (std::uint64_t i = 0; i < refs.size(); ++i) {
    BOOST_REQUIRE(*store->get(refs[i]) == random_bytes(40 * kKiB, i));
    BOOST_REQUIRE(store->put(Kind::data, random_bytes(40 * kKiB, i)) ==
                  refs[i]);
  }
  BOOST_CHECK_LT(open_descriptors(), before + 135);
  BOOST_CHECK_EQUAL(store->stats().packs, kPacks);

  // The pack that takes appends is not opened a second time, though many
  // others were used since.
  store = open();
  const ChunkRef early = store->put(Kind::data, wordy_bytes(100, 1));
  for (const ChunkRef& ref : refs) store->get(ref);
  BOOST_CHECK(*store->get(early) == wordy_bytes(100, 1));
  const ChunkRef late = store->put(Kind::data, wordy_bytes(100, 2));
  BOOST_CHECK_EQUAL(late.pack, early.pack);
  BOOST_CHECK(*store->get(late) == wordy_bytes(100, 2));
}

BOOST_AUTO_TEST_CASE(a_clean_stop_leaves_every_pack_sealed) {
  TestStore store;
  store->seal();  // nothing to seal yet
  const ChunkRef first = put(store, wordy_bytes(3000, 1));
  store->seal();
  const ChunkRef second = put(store, wordy_bytes(3000, 2));
  BOOST_CHECK_GT(second.pack, first.pack);
  store->seal();
  const auto storage = store.disk().storage();
  for (const pack::PackId id : storage->list()) {
    BOOST_CHECK(pack::has_footer(*storage->open(id), id));
  }
  store.reopen();
  BOOST_CHECK(put(store, wordy_bytes(3000, 1)) == first);
  BOOST_CHECK(*store->get(second) == wordy_bytes(3000, 2));
}

BOOST_AUTO_TEST_CASE(a_chunk_larger_than_a_pack_gets_its_own) {
  TestStore store({.pack_target = 10 * kKiB});
  const Bytes plain = random_bytes(100 * kKiB, 1);
  const ChunkRef ref = put(store, plain);
  const ChunkRef other = put(store, random_bytes(100, 2));
  BOOST_CHECK_EQUAL(other.pack, ref.pack + 1);
  BOOST_CHECK(*store->get(ref) == plain);
}

BOOST_AUTO_TEST_CASE(pack_ids_are_not_used_again) {
  TestStore store;
  const ChunkRef first = put(store, wordy_bytes(100, 1));
  store.close();
  store.disk().forget();  // nothing was synced: the pack holds nothing
  store.open();
  BOOST_CHECK_EQUAL(store->stats().packs, 0);
  store.reopen();
  BOOST_CHECK_EXCEPTION(store->get(first), Error, has_code(Errc::damaged));
  const ChunkRef second = put(store, wordy_bytes(100, 2));
  BOOST_CHECK_GT(second.pack, first.pack);
  store->sync();
  store.lose_index();
  BOOST_CHECK_GT(put(store, wordy_bytes(100, 3)).pack, second.pack);
}

BOOST_AUTO_TEST_CASE(a_chunk_put_by_many_threads_at_once_is_stored_once) {
  TestStore store;
  constexpr int kThreads = 4;
  constexpr std::uint64_t kChunks = 100;
  std::vector<std::vector<ChunkRef>> refs(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (std::uint64_t i = 0; i < kChunks; ++i) {
          refs[static_cast<std::size_t>(t)].push_back(
              put(store, wordy_bytes(5000, i)));
          if (i % 25 == 0) store->sync();
        }
      });
    }
  }
  for (const auto& others : refs) BOOST_CHECK(others == refs[0]);
  BOOST_CHECK_EQUAL(store->stats().duplicates, (kThreads - 1) * kChunks);
  for (std::uint64_t i = 0; i < kChunks; ++i) {
    BOOST_REQUIRE(*store->get(refs[0][i]) == wordy_bytes(5000, i));
  }
}

BOOST_AUTO_TEST_CASE(putting_getting_and_syncing_go_together) {
  TestStore store({.cache_bytes = 200 * kKiB, .pack_target = 100 * kKiB});
  constexpr std::uint64_t kContents = 100;
  std::atomic<int> wrong = 0;
  const auto work = [&](std::uint64_t seed) {
    Random random(seed);
    std::vector<std::pair<ChunkRef, std::uint64_t>> mine;
    for (std::uint64_t i = 0; i < 300; ++i) {
      const std::uint64_t content = i < kContents ? i : random.below(kContents);
      mine.emplace_back(put(store, wordy_bytes(9000, content)), content);
      const auto& [ref, expected] = mine[random.below(mine.size())];
      wrong += *store->get(ref) != wordy_bytes(9000, expected);
      if (random.below(30) == 0) store->sync();
      wrong += store->stats().cache_bytes > 200 * kKiB;
    }
  };
  {
    const std::jthread one(work, 1);
    const std::jthread two(work, 2);
    const std::jthread three(work, 3);
  }
  BOOST_CHECK_EQUAL(wrong, 0);
  BOOST_CHECK_EQUAL(store->stats().duplicates, 3 * 300 - kContents);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
