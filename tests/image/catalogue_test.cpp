// tests/image/catalogue_test.cpp: images found and changed, also after a
// restart and by several threads at once.
#include "platter/image/catalogue.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

#include "platter/base/error.h"
#include "support/errors.h"
#include "support/folder.h"

namespace platter::image {
namespace {

using test::has_code;
using test::says;
using Names = std::vector<std::string>;

class HandClock final : public Clock {
 public:
  Timestamp now() const override { return time; }
  Timestamp time{1'000'000'000};
};

struct Fixture {
  test::TemporaryFolder folder;
  HandClock clock;
  std::unique_ptr<index::Index> index = index::open(folder.path());
  std::unique_ptr<Catalogue> catalogue =
      std::make_unique<Catalogue>(*index, clock);

  // `cache_bytes` of 0 keeps one record at most.
  void reopen(std::uint64_t cache_bytes = kMiB) {
    catalogue.reset();
    index.reset();
    index = index::open(folder.path());
    catalogue = std::make_unique<Catalogue>(*index, clock, cache_bytes);
  }
  RecordPtr create(const std::string& name,
                   const std::string& project = "default") {
    Record record;
    record.number = catalogue->new_number();
    record.id = ImageId::random();
    record.project = project;
    record.name = name;
    return catalogue->create(record);
  }
  RecordPtr find(const std::string& name, Place place = Place::images) {
    return catalogue->find("default", place, name);
  }
  Names names(Place place = Place::images, const std::string& after = "") {
    Names found;
    catalogue->list("default", place, after, [&](const RecordPtr& record) {
      found.push_back(record->name);
      return true;
    });
    return found;
  }
};

void rename(Record& record, const std::string& name) { record.name = name; }

BOOST_FIXTURE_TEST_SUITE(image_catalogue, Fixture)

BOOST_AUTO_TEST_CASE(a_created_image_is_found) {
  const RecordPtr made = create("debian");

  BOOST_TEST(made->created_at.nanoseconds == 1'000'000'000);
  BOOST_CHECK(made->updated_at == made->created_at);
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_CHECK(*catalogue->find(made->number) == *made);
    BOOST_CHECK(*find("debian") == *made);
    BOOST_CHECK(!find("debian", Place::trash));
    BOOST_CHECK(!find("debia"));
    BOOST_CHECK(!catalogue->find("other", Place::images, "debian"));
    BOOST_CHECK(!catalogue->find(made->number + 1));
    reopen();
  }
}

BOOST_AUTO_TEST_CASE(a_given_time_of_creation_stays) {
  Record record;
  record.number = catalogue->new_number();
  record.project = "default";
  record.name = "old";
  record.created_at = {5};
  record.updated_at = {7};
  BOOST_CHECK(*catalogue->create(record) == record);
}

BOOST_AUTO_TEST_CASE(a_taken_name_is_refused) {
  const RecordPtr made = create("debian");
  BOOST_CHECK_EXCEPTION(create("debian"), Error, says(Errc::exists, "debian"));
  create("debian", "other");
  BOOST_CHECK(*find("debian") == *made);
  BOOST_TEST(catalogue->usage("default", Place::images).images == 1u);
}

BOOST_AUTO_TEST_CASE(names_that_cannot_be_kept_are_refused) {
  BOOST_CHECK_EXCEPTION(create(""), Error, has_code(Errc::invalid));
  BOOST_CHECK_EXCEPTION(create(std::string("a\0b", 3)), Error,
                        has_code(Errc::invalid));
  BOOST_CHECK_EXCEPTION(create("a", ""), Error, has_code(Errc::invalid));
  BOOST_CHECK_EXCEPTION(create("a", std::string("p\0a", 3)), Error,
                        has_code(Errc::invalid));
}

BOOST_AUTO_TEST_CASE(an_update_is_kept_and_moves_the_time) {
  const RecordPtr made = create("debian");
  clock.time = {2'000'000'000};

  const RecordPtr changed = catalogue->update(
      made->number, [](Record& record) { record.properties["a"] = "b"; });

  BOOST_TEST(changed->properties.at("a") == "b");
  BOOST_TEST(changed->updated_at.nanoseconds == 2'000'000'000);
  BOOST_TEST(made->properties.empty());
  BOOST_CHECK(*find("debian") == *changed);
  clock.time = {1};  // set back
  BOOST_CHECK(
      catalogue
          ->update(made->number, [](Record& record) { record.min_ram = 1; })
          ->updated_at > changed->updated_at);
  reopen();
  BOOST_TEST(find("debian")->properties.at("a") == "b");
}

BOOST_AUTO_TEST_CASE(sealing_is_no_change_that_anybody_sees) {
  const RecordPtr made = create("a");
  clock.time = {5'000'000'000};
  const auto seal = [](Record& record) { record.sealed = true; };
  const RecordPtr sealed = catalogue->update(made->number, seal);
  BOOST_TEST(sealed->sealed);
  BOOST_CHECK(sealed->updated_at == made->updated_at);
}

BOOST_AUTO_TEST_CASE(a_change_that_fails_or_changes_nothing_leaves_all) {
  const RecordPtr made = create("debian");
  create("taken");
  clock.time = {2'000'000'000};
  const auto refused = [&](Errc code, auto change) {
    BOOST_CHECK_EXCEPTION(catalogue->update(made->number, change), Error,
                          has_code(code));
    BOOST_CHECK(*find("debian") == *made);
    BOOST_CHECK(*catalogue->find(made->number) == *made);
  };

  BOOST_CHECK(*catalogue->update(made->number, [](Record&) {}) == *made);
  refused(Errc::quota, [](Record& record) {
    record.name = "x";
    throw Error(Errc::quota, "no");
  });
  refused(Errc::exists, [](Record& record) { rename(record, "taken"); });
  refused(Errc::invalid, [](Record& record) { rename(record, ""); });
  refused(Errc::invalid, [](Record& record) { ++record.number; });
  refused(Errc::invalid, [](Record& record) { record.id = ImageId::random(); });
  refused(Errc::invalid,
          [](Record& record) { record.status = Status::deactivated; });
  refused(Errc::invalid, [](Record& record) { record.guest.emplace(); });
  BOOST_CHECK_EXCEPTION(catalogue->update(99999, [](Record&) {}), Error,
                        has_code(Errc::not_found));
  reopen();
  BOOST_CHECK(*find("debian") == *made);
}

BOOST_AUTO_TEST_CASE(a_rename_moves_the_name) {
  const RecordPtr made = create("debian");
  catalogue->update(made->number, [](Record& r) { rename(r, "ubuntu"); });
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_CHECK(!find("debian"));
    BOOST_TEST(find("ubuntu")->number == made->number);
    BOOST_CHECK(names() == Names{"ubuntu"});
    reopen();
  }
  create("debian");
}

BOOST_AUTO_TEST_CASE(the_trash_is_another_folder) {
  const RecordPtr made = create("debian");
  const auto move = [&](Number number, Place place) {
    catalogue->update(number, [&](Record& record) { record.place = place; });
  };
  move(made->number, Place::trash);
  BOOST_CHECK(!find("debian"));
  BOOST_TEST(find("debian", Place::trash)->number == made->number);
  BOOST_TEST(catalogue->usage("default", Place::images).images == 0u);
  BOOST_TEST(catalogue->usage("default", Place::trash).images == 1u);

  const RecordPtr second = create("debian");
  BOOST_CHECK_EXCEPTION(move(made->number, Place::images), Error,
                        has_code(Errc::exists));
  catalogue->erase(second->number);
  move(made->number, Place::images);
  BOOST_CHECK(find("debian")->id == made->id);
}

BOOST_AUTO_TEST_CASE(an_erased_image_is_gone) {
  const RecordPtr made = create("debian");
  catalogue->erase(made->number);
  catalogue->erase(made->number);
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_CHECK(!find("debian"));
    BOOST_CHECK(!catalogue->find(made->number));
    BOOST_CHECK(names().empty());
    BOOST_TEST(catalogue->usage("default", Place::images).images == 0u);
    reopen();
  }
}

BOOST_AUTO_TEST_CASE(numbers_are_never_given_twice) {
  std::set<Number> seen;
  for (int opened = 0; opened < 3; ++opened) {
    for (int i = 0; i < 100; ++i) {
      const Number number = catalogue->new_number();
      BOOST_REQUIRE_GT(number, 0u);
      BOOST_REQUIRE(seen.insert(number).second);
    }
    reopen();
  }
}

BOOST_AUTO_TEST_CASE(a_folder_is_listed_in_order_from_any_name) {
  Names all;
  for (int i = 0; i < 700; ++i) {
    all.push_back("image-" + std::to_string(i));
    create(all.back());
  }
  create("elsewhere", "default2");
  create("elsewhere", "defaul");
  std::sort(all.begin(), all.end());

  for (const std::uint64_t cache : {kMiB, std::uint64_t{0}}) {
    reopen(cache);
    BOOST_CHECK(names() == all);
    BOOST_CHECK(names() == all);  // now from the cache, where there is one
    BOOST_CHECK(
        names(Place::images, "image-30") ==
        Names(std::upper_bound(all.begin(), all.end(), "image-30"), all.end()));
    BOOST_CHECK(names(Place::images, "zzz").empty());
    BOOST_CHECK(names(Place::trash).empty());
    BOOST_TEST(catalogue->usage("default", Place::images).images == 700u);
  }

  int visits = 0;
  catalogue->list("default", Place::images, "",
                  [&](const RecordPtr&) { return ++visits < 300; });
  BOOST_TEST(visits == 300);

  Number last = 0;
  int images = 0;
  catalogue->list_all([&](const RecordPtr& record) {
    BOOST_REQUIRE_GT(record->number, last);
    last = record->number;
    return ++images != 0;
  });
  BOOST_TEST(images == 702);
}

BOOST_AUTO_TEST_CASE(a_visitor_may_change_what_it_sees) {
  for (int i = 0; i < 600; ++i) create("image-" + std::to_string(1000 + i));
  catalogue->list("default", Place::images, "", [&](const RecordPtr& record) {
    catalogue->erase(record->number);
    return true;
  });
  BOOST_CHECK(names().empty());
}

BOOST_AUTO_TEST_CASE(a_small_cache_forgets_but_never_errs) {
  reopen(8 * kKiB);
  std::vector<RecordPtr> made;
  for (int i = 0; i < 100; ++i) made.push_back(create(std::to_string(i)));
  for (int round = 0; round < 2; ++round) {
    for (const RecordPtr& record : made) {
      BOOST_REQUIRE(*catalogue->find(record->number) == *record);
      BOOST_REQUIRE(*find(record->name) == *record);
    }
  }
}

// Reads all the while, so that what readers bring into the cache meets what
// writers put there. Keeps what went wrong: Boost's checks are for one thread.
class Readers {
 public:
  Readers(Catalogue& catalogue, Number counted, Number moving)
      : catalogue_(catalogue), counted_(counted), moving_(moving) {
    for (std::thread& thread : threads_) {
      thread = std::thread([this] {
        while (!done_) read();
      });
    }
  }
  // How often a reader saw what was never so.
  int finish() {
    done_ = true;
    for (std::thread& thread : threads_) thread.join();
    return errors_;
  }

 private:
  void read() {
    const RecordPtr counted = catalogue_.find(counted_);
    if (!counted || counted->name != "counted") ++errors_;
    for (int i = 0; i < 3; ++i) {
      const std::string name = "moving-" + std::to_string(i);
      const RecordPtr found = catalogue_.find("default", Place::images, name);
      if (found && (found->number != moving_ || found->name != name)) {
        ++errors_;
      }
    }
    int listed = 0;
    catalogue_.list("default", Place::images, "",
                    [&](const RecordPtr&) { return ++listed != 0; });
    if (listed == 0) ++errors_;
  }

  Catalogue& catalogue_;
  const Number counted_;
  const Number moving_;
  std::atomic<bool> done_ = false;
  std::atomic<int> errors_ = 0;
  std::thread threads_[2];
};

BOOST_AUTO_TEST_CASE(updates_by_several_threads_lose_nothing) {
  constexpr int kThreads = 4;
  constexpr std::uint64_t kUpdates = 50;
  const Number counted = create("counted")->number;
  const Number moving = create("moving-0")->number;
  // A cache of one record makes nearly every read go to the index.
  for (const std::uint64_t cache : {kMiB, std::uint64_t{0}}) {
    reopen(cache);
    const std::uint64_t before = catalogue->find(counted)->min_ram;
    Readers readers(*catalogue, counted, moving);
    std::atomic<int> stale = 0;
    const auto count = [&] {
      const RecordPtr mine =
          catalogue->update(counted, [](Record& record) { ++record.min_ram; });
      if (catalogue->find(counted)->min_ram < mine->min_ram) ++stale;
    };
    const auto move = [&](std::uint64_t i) {
      const std::string name = "moving-" + std::to_string(i % 3);
      catalogue->update(moving, [&](Record& r) { rename(r, name); });
      if (catalogue->find(moving)->name != name || !find(name)) ++stale;
    };
    std::vector<std::thread> writers;
    for (int thread = 0; thread < kThreads; ++thread) {
      writers.emplace_back([&, thread] {
        for (std::uint64_t i = 0; i < kUpdates; ++i) {
          count();
          if (thread == 0) move(i);
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    BOOST_TEST(readers.finish() == 0);
    BOOST_TEST(stale == 0);
    reopen();
    BOOST_TEST(catalogue->find(counted)->min_ram ==
               before + kThreads * kUpdates);
    BOOST_TEST(names().size() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(records_that_cannot_be_read_are_damaged) {
  const RecordPtr made = create("debian");
  index::Batch batch;
  batch.put(index::KeySpace::images,
            std::string(7, '\0') + static_cast<char>(made->number), "junk");
  index->write(batch, index::Durability::lazy);
  reopen();
  BOOST_CHECK_EXCEPTION(find("debian"), Error, has_code(Errc::damaged));
  BOOST_CHECK_EXCEPTION(catalogue->find(made->number), Error,
                        has_code(Errc::damaged));
  BOOST_CHECK_EXCEPTION(names(), Error, has_code(Errc::damaged));
}

BOOST_AUTO_TEST_CASE(a_name_that_leads_elsewhere_is_damaged) {
  const RecordPtr made = create("debian");
  index::Batch batch;
  batch.put(
      index::KeySpace::names, std::string("\1default\0ubuntu", 15),
      std::string(1, static_cast<char>(made->number)) + std::string(7, '\0'));
  index->write(batch, index::Durability::lazy);
  BOOST_CHECK_EXCEPTION(find("ubuntu"), Error, says(Errc::damaged, "ubuntu"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::image
