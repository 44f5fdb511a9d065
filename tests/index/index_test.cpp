// tests/index/index_test.cpp: the index keeps, orders and guards its entries.
#include "platter/index/index.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <thread>

#include "platter/base/error.h"
#include "support/disks.h"
#include "support/errors.h"
#include "support/folder.h"

namespace platter::test {
namespace {

using index::Batch;
using index::Durability;
using index::Index;
using index::KeySpace;

void put(Index& index, KeySpace space, std::string key, std::string value) {
  Batch batch;
  batch.put(space, std::move(key), std::move(value));
  index.write(batch, Durability::lazy);
}

std::vector<std::string> keys(const Index& index, KeySpace space,
                              std::string_view prefix,
                              std::string_view after = "") {
  std::vector<std::string> found;
  index.scan(space, prefix, after, [&](std::string_view key, std::string_view) {
    found.emplace_back(key);
    return true;
  });
  return found;
}

using Keys = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(index_contract)

BOOST_AUTO_TEST_CASE(entries_are_kept_in_their_key_space) {
  const TemporaryFolder folder;
  const auto index = index::open(folder.path() / "deep" / "index");
  for (const KeySpace space : index::kKeySpaces) {
    BOOST_CHECK(!index->get(space, "key"));
    put(*index, space, "key", std::string(index::name_of(space)));
  }
  for (const KeySpace space : index::kKeySpaces) {
    BOOST_CHECK(index->get(space, "key") == index::name_of(space));
  }
}

BOOST_AUTO_TEST_CASE(any_bytes_are_keys_and_values) {
  const TemporaryFolder folder;
  const auto index = index::open(folder.path());
  const std::string odd("\0\xff\0", 3);
  put(*index, KeySpace::names, odd, odd);
  put(*index, KeySpace::names, "empty", "");
  BOOST_CHECK(index->get(KeySpace::names, odd) == odd);
  BOOST_CHECK(index->get(KeySpace::names, "empty") == "");
}

BOOST_AUTO_TEST_CASE(many_keys_answer_in_their_order) {
  const TemporaryFolder folder;
  const auto index = index::open(folder.path());
  put(*index, KeySpace::chunks, "b", "2");
  put(*index, KeySpace::chunks, "a", "1");
  const auto found =
      index->get_many(KeySpace::chunks, {"b", "missing", "a", "b"});
  BOOST_REQUIRE_EQUAL(found.size(), 4);
  BOOST_CHECK(found[0] == "2");
  BOOST_CHECK(!found[1]);
  BOOST_CHECK(found[2] == "1");
  BOOST_CHECK(found[3] == "2");
  BOOST_CHECK(index->get_many(KeySpace::chunks, {}).empty());
}

BOOST_AUTO_TEST_CASE(scan_goes_through_a_prefix_from_a_key_on) {
  const TemporaryFolder folder;
  const auto index = index::open(folder.path());
  for (const char* key : {"a", "b", "b/1", "b/2", "b/3", "b0", "c"}) {
    put(*index, KeySpace::names, key, key);
  }
  const auto names = KeySpace::names;
  BOOST_CHECK(keys(*index, names, "b/") == (Keys{"b/1", "b/2", "b/3"}));
  BOOST_CHECK(keys(*index, names, "b/", "b/1") == (Keys{"b/2", "b/3"}));
  BOOST_CHECK(keys(*index, names, "b/", "b/15") == (Keys{"b/2", "b/3"}));
  BOOST_CHECK(keys(*index, names, "b/", "b/3").empty());
  BOOST_CHECK(keys(*index, names, "b/", "z").empty());
  BOOST_CHECK(keys(*index, names, "b/", "a") == (Keys{"b/1", "b/2", "b/3"}));
  BOOST_CHECK(keys(*index, names, "b", "b").front() == "b/1");
  BOOST_CHECK_EQUAL(keys(*index, names, "").size(), 7);
  BOOST_CHECK(keys(*index, names, "x").empty());
}

BOOST_AUTO_TEST_CASE(scan_stops_when_told) {
  const TemporaryFolder folder;
  const auto index = index::open(folder.path());
  for (const char* key : {"a", "b", "c"}) put(*index, KeySpace::names, key, "");
  int visited = 0;
  index->scan(KeySpace::names, "", "",
              [&](auto, auto) { return ++visited < 2; });
  BOOST_CHECK_EQUAL(visited, 2);
}

BOOST_AUTO_TEST_CASE(scan_sees_the_space_as_it_was) {
  const TemporaryFolder folder;
  const auto index = index::open(folder.path());
  for (const char* key : {"a", "b", "c"}) put(*index, KeySpace::names, key, "");
  Keys seen;
  index->scan(KeySpace::names, "", "", [&](std::string_view key, auto) {
    Batch batch;
    batch.erase(KeySpace::names, "c");
    batch.put(KeySpace::names, "bb", "");
    index->write(batch, Durability::lazy);
    seen.emplace_back(key);
    return true;
  });
  BOOST_CHECK(seen == (Keys{"a", "b", "c"}));
  BOOST_CHECK(keys(*index, KeySpace::names, "") == (Keys{"a", "b", "bb"}));
}

BOOST_AUTO_TEST_CASE(a_batch_whose_expectation_fails_changes_nothing) {
  const TemporaryFolder folder;
  const auto index = index::open(folder.path());
  put(*index, KeySpace::names, "taken", "1");
  const auto attempt = [&](std::string key, std::optional<std::string> value) {
    Batch batch;
    batch.put(KeySpace::images, "image", "new");
    batch.erase(KeySpace::names, "taken");
    batch.expect(KeySpace::names, std::move(key), std::move(value));
    index->write(batch, Durability::synced);
  };
  BOOST_CHECK_EXCEPTION(attempt("taken", std::nullopt), Error,
                        says(Errc::busy, "names"));
  BOOST_CHECK_EXCEPTION(attempt("taken", "2"), Error, has_code(Errc::busy));
  BOOST_CHECK_EXCEPTION(attempt("free", ""), Error, has_code(Errc::busy));
  BOOST_CHECK(!index->get(KeySpace::images, "image"));
  BOOST_CHECK(index->get(KeySpace::names, "taken") == "1");

  attempt("taken", "1");
  BOOST_CHECK(index->get(KeySpace::images, "image") == "new");
  BOOST_CHECK(!index->get(KeySpace::names, "taken"));
  attempt("taken", std::nullopt);
}

BOOST_AUTO_TEST_CASE(expectations_make_a_counter_exact) {
  const TemporaryFolder folder;
  const auto index = index::open(folder.path());
  put(*index, KeySpace::meta, "count", "0");
  const auto increment = [&] {
    for (;;) {
      const auto value = index->get(KeySpace::meta, "count");
      Batch batch;
      batch.expect(KeySpace::meta, "count", value);
      batch.put(KeySpace::meta, "count", std::to_string(std::stoi(*value) + 1));
      try {
        return index->write(batch, Durability::lazy);
      } catch (const Error& error) {
        if (error.code() != Errc::busy) throw;
      }
    }
  };
  const auto many = [&] {
    for (int i = 0; i < 200; ++i) increment();
  };
  {
    const std::jthread one(many);
    const std::jthread two(many);
    const std::jthread three(many);
  }
  BOOST_CHECK(index->get(KeySpace::meta, "count") == "600");
}

// Random changes, some batches of which are refused, beside an std::map;
// closed and opened again now and then.
BOOST_AUTO_TEST_CASE(it_is_a_durable_map) {
  const TemporaryFolder folder;
  Random random(1);
  std::map<std::string, std::string> model;
  for (int round = 0; round < 6; ++round) {
    const auto index = index::open(folder.path());
    for (int step = 0; step < 60; ++step) {
      auto next = model;
      Batch batch;
      for (std::uint64_t i = random.below(30); i > 0; --i) {
        const std::string key = std::to_string(random.below(200));
        if (random.below(3) == 0) {
          batch.erase(KeySpace::images, key);
          next.erase(key);
        } else {
          next[key] = std::string(random.below(2000), 'x') + key;
          batch.put(KeySpace::images, key, next[key]);
        }
      }
      if (random.below(4) == 0) {
        batch.expect(KeySpace::images, "absent", "present");
        BOOST_CHECK_THROW(index->write(batch, Durability::lazy), Error);
      } else {
        index->write(batch, random.below(8) == 0 ? Durability::synced
                                                 : Durability::lazy);
        model = std::move(next);
      }
    }
    std::map<std::string, std::string> found;
    index->scan(KeySpace::images, "", "", [&](auto key, auto value) {
      found.emplace(key, value);
      return true;
    });
    BOOST_CHECK(found == model);
    BOOST_CHECK_GT(index->stored_bytes(), 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
