// tests/crash/store_crash_test.cpp: power cuts at random moments.
//
// Each round puts and syncs, then cuts the power: writes that were not synced
// are lost, kept or torn. Afterwards every chunk that was synced must be there
// byte for byte, every other reference must read as its own chunk or as
// damaged, and putting what was put before must give the right bytes, however
// it is deduplicated.
#include <boost/test/unit_test.hpp>
#include <map>

#include "../store/stores.h"
#include "platter/base/error.h"

namespace platter::test {
namespace {

using store::ChunkRef;

// What a chunk of number `content` holds: of mixed size and kind.
Bytes content_bytes(std::uint64_t content) {
  const std::uint64_t size = 1 + content * 7919 % 6000;
  return content % 3 == 0 ? random_bytes(size, content)
                          : wordy_bytes(size, content);
}

class CrashRun {
 public:
  explicit CrashRun(std::uint64_t seed)
      : random_(seed),
        store_({.cache_bytes = 30 * kKiB, .pack_target = 20 * kKiB}) {}

  void work() {
    for (std::uint64_t i = random_.below(40); i > 0; --i) {
      if (random_.below(12) == 0) {
        store_->sync();
        synced_.merge(unsynced_);
        unsynced_.clear();
        continue;
      }
      const std::uint64_t content = random_.below(120);
      const ChunkRef ref = put(store_, content_bytes(content));
      BOOST_REQUIRE(*store_->get(ref) == content_bytes(content));
      const auto known = synced_.find(ref);
      if (known == synced_.end()) {
        unsynced_.insert_or_assign(ref, content);
      } else {
        BOOST_REQUIRE_EQUAL(known->second, content);
      }
    }
  }

  void cut_power() {
    store_.close();
    store_.disk().crash(random_);
    if (random_.below(15) == 0) {
      store_.lose_index();
    } else {
      store_.open();
    }
  }

  void check() {
    for (const auto& [ref, content] : synced_) {
      BOOST_REQUIRE(*store_->get(ref) == content_bytes(content));
    }
    for (const auto& [ref, content] : unsynced_)
      check_whole_or_gone(ref, content);
    unsynced_.clear();
  }

 private:
  void check_whole_or_gone(const ChunkRef& ref, std::uint64_t content) {
    try {
      BOOST_REQUIRE(*store_->get(ref) == content_bytes(content));
    } catch (const Error& error) {
      BOOST_REQUIRE(error.code() == Errc::damaged);
    }
  }

  Random random_;
  TestStore store_;
  std::map<ChunkRef, std::uint64_t> synced_;
  std::map<ChunkRef, std::uint64_t> unsynced_;
};

BOOST_AUTO_TEST_SUITE(store_crashes)

BOOST_AUTO_TEST_CASE(synced_chunks_survive_power_cuts) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      CrashRun run(seed);
      for (int round = 0; round < 25; ++round) {
        run.work();
        run.cut_power();
        run.check();
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
