// tests/image/ledger_test.cpp: what was held, from when to when.
#include "platter/image/ledger.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "catalogue_in_folder.h"

namespace platter::image {
namespace {

using namespace std::chrono_literals;

struct Fixture : test::CatalogueInFolder {
  Timestamp now() const { return clock.now(); }
  // After a while, so that no two changes have one time.
  template <typename Change>
  void change(const RecordPtr& record, Change change) {
    clock.advance(1h);
    catalogue->update(record->number, change);
  }
  void trash(const RecordPtr& record) {
    change(record, [](Record& r) { r.place = Place::trash; });
  }
  std::vector<Holding> holdings(const std::optional<std::string>& project = {},
                                Timestamp from = {}) const {
    std::vector<Holding> all;
    Ledger(*index, *catalogue).list(project, from, [&](const Holding& one) {
      all.push_back(one);
    });
    std::ranges::sort(all, {}, &Holding::from);
    return all;
  }
};

BOOST_FIXTURE_TEST_SUITE(image_ledger, Fixture)

BOOST_AUTO_TEST_CASE(what_is_active_is_held) {
  const Timestamp begin = now();
  const RecordPtr record = create("x");
  const auto all = holdings();
  BOOST_REQUIRE(all.size() == 1);
  BOOST_TEST(all[0].project == "default");
  BOOST_TEST(all[0].name == "x");
  BOOST_CHECK(all[0].id == record->id);
  BOOST_TEST(all[0].bytes == 100);
  BOOST_CHECK(all[0].from == begin);
  BOOST_CHECK(!all[0].until);
}

BOOST_AUTO_TEST_CASE(what_has_no_data_is_not) {
  Record record;
  record.number = catalogue->new_number();
  record.id = ImageId::random();
  record.project = "default";
  record.name = "empty";
  const RecordPtr empty = catalogue->create(record);
  BOOST_TEST(holdings().empty());
  change(empty, [](Record& r) {
    r.original.emplace().size = 7;
    r.status = Status::active;
  });
  BOOST_REQUIRE(holdings().size() == 1);
  BOOST_CHECK(holdings()[0].from == now());
}

BOOST_AUTO_TEST_CASE(the_trash_ends_it_and_restoring_begins_another) {
  const RecordPtr record = create("x");
  const Timestamp begin = now();
  trash(record);
  const Timestamp end = now();
  change(record, [](Record& r) { r.place = Place::images; });
  const auto all = holdings();
  BOOST_REQUIRE(all.size() == 2);
  BOOST_CHECK(all[0].from == begin);
  BOOST_CHECK(all[0].until == end);
  BOOST_CHECK(all[1].from == now());
  BOOST_CHECK(!all[1].until);
}

BOOST_AUTO_TEST_CASE(purging_leaves_what_was) {
  const RecordPtr record = create("x");
  trash(record);
  catalogue->erase(record->number);
  reopen();
  const auto all = holdings();
  BOOST_REQUIRE(all.size() == 1);
  BOOST_CHECK(all[0].id == record->id);
  BOOST_TEST(all[0].bytes == 100);
  BOOST_CHECK(all[0].until);
}

BOOST_AUTO_TEST_CASE(what_is_purged_at_once_ends_then) {
  const RecordPtr record = create("x");
  clock.advance(1h);
  catalogue->erase(record->number);
  BOOST_REQUIRE(holdings().size() == 1);
  BOOST_CHECK(holdings()[0].until == now());
}

BOOST_AUTO_TEST_CASE(size_and_owner_begin_another_name_and_status_do_not) {
  const RecordPtr record = create("x");
  change(record, [](Record& r) { r.name = "y"; });
  change(record, [](Record& r) { r.status = Status::deactivated; });
  change(record, [](Record& r) { r.stored_size = 5; });
  BOOST_REQUIRE(holdings().size() == 1);
  BOOST_TEST(holdings()[0].name == "y");
  BOOST_TEST(holdings()[0].stored_bytes == 5);
  change(record, [](Record& r) { r.original->size = 200; });
  const Timestamp grown = now();
  change(record, [](Record& r) { r.project = "web"; });
  const auto all = holdings();
  BOOST_REQUIRE(all.size() == 3);
  BOOST_TEST(all[0].bytes == 100);
  BOOST_CHECK(all[0].until == grown);
  BOOST_TEST(all[1].bytes == 200);
  BOOST_CHECK(all[1].from == grown);
  BOOST_TEST(all[1].project == "default");
  BOOST_TEST(all[2].project == "web");
  BOOST_CHECK(all[1].until == all[2].from);
  BOOST_TEST(holdings("web").size() == 1);
  BOOST_TEST(holdings("default").size() == 2);
  BOOST_TEST(holdings("default", grown).size() == 1);
  BOOST_TEST(holdings("default", now()).empty());
}

// "web" begins like "web-2".
BOOST_AUTO_TEST_CASE(projects_with_like_names) {
  trash(create("x", "web"));
  trash(create("x", "web-2"));
  BOOST_TEST(holdings("web").size() == 1);
  BOOST_TEST(holdings("web-2").size() == 1);
  BOOST_TEST(holdings("we").empty());
}

// As a store has them that was made when there was no ledger.
BOOST_AUTO_TEST_CASE(an_older_record_is_held_since_it_was_made) {
  const RecordPtr record = create("x");
  Record older = *record;
  older.held_since = {};
  index::Batch batch;
  index->scan(index::KeySpace::images, "", "",
              [&](std::string_view key, std::string_view) {
                batch.put(index::KeySpace::images, std::string(key),
                          encode_record(older));
                return true;
              });
  index->write(batch, index::Durability::synced);
  reopen();
  BOOST_REQUIRE(holdings().size() == 1);
  BOOST_CHECK(holdings()[0].from == record->created_at);
  trash(record);
  BOOST_REQUIRE(holdings().size() == 1);
  BOOST_CHECK(holdings()[0].from == record->created_at);
  BOOST_CHECK(holdings()[0].until == now());
}

BOOST_AUTO_TEST_CASE(a_damaged_entry_is_passed_over) {
  trash(create("x"));
  trash(create("y"));
  index::Batch batch;
  index->scan(index::KeySpace::usage, "", "",
              [&](std::string_view key, std::string_view) {
                batch.put(index::KeySpace::usage, std::string(key), "junk");
                return false;
              });
  index->write(batch, index::Durability::synced);
  BOOST_TEST(holdings().size() == 1);
}

// At any time an image is held by one project at most, and as a model that
// looks each minute saw it.
BOOST_AUTO_TEST_CASE(holdings_are_what_was_there) {
  std::mt19937 random(7);
  const auto below = [&](unsigned limit) { return random() % limit; };
  const std::vector<std::string> projects{"default", "web"};
  const RecordPtr record = create("x");
  std::map<std::int64_t, std::optional<std::string>> seen;  // by time
  for (int step = 0; step < 60; ++step) {
    const RecordPtr before = catalogue->find(record->number);
    const bool held = before->place == Place::images;
    seen[now().nanoseconds] =
        held ? std::optional(before->project + " " +
                             std::to_string(before->size()))
             : std::nullopt;
    change(record, [&](Record& r) {
      switch (below(3)) {
        case 0:
          r.place = held ? Place::trash : Place::images;
          break;
        case 1:
          r.project = projects[below(2)];
          break;
        default:
          r.original->size = 100 + below(3);
      }
    });
  }
  const auto all = holdings();
  for (const auto& [time, what] : seen) {
    std::optional<std::string> found;
    int count = 0;
    for (const Holding& one : all) {
      const bool open = !one.until;
      if (one.from.nanoseconds > time ||
          (!open && one.until.nanoseconds <= time)) {
        continue;
      }
      found = one.project + " " + std::to_string(one.bytes);
      ++count;
    }
    BOOST_TEST(count == (what ? 1 : 0));
    BOOST_CHECK(found == what);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::image
