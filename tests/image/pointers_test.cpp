// tests/image/pointers_test.cpp: names that stand for others.
#include "platter/image/pointers.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <utility>

#include "catalogue_in_folder.h"
#include "platter/base/error.h"
#include "support/errors.h"

namespace platter::image {
namespace {

using test::CatalogueInFolder;
using test::has_code;
using test::says;

struct Fixture : CatalogueInFolder {
  PointerPtr point(const std::string& name, const std::string& target,
                   const std::string& project = "default") {
    Pointer pointer;
    pointer.project = project;
    pointer.name = name;
    pointer.target = target;
    pointer.uid = 1000;
    return pointers->create(pointer);
  }
  std::string target_of(const std::string& name) {
    const auto found = pointers->find("default", name);
    return found ? found->target : "none";
  }
};

BOOST_FIXTURE_TEST_SUITE(image_pointers, Fixture)

BOOST_AUTO_TEST_CASE(a_pointer_is_found_by_name_and_number) {
  const PointerPtr made = point("ubuntu", "ubuntu-v1");
  BOOST_TEST(made->number > 0u);
  BOOST_CHECK(made->created_at == clock.now());
  const PointerPtr second = point("debian", "debian-v1");
  point("ubuntu", "elsewhere", "default2");
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_CHECK(*pointers->find("default", "ubuntu") == *made);
    BOOST_CHECK(*pointers->find(made->number) == *made);
    BOOST_CHECK(!pointers->find("default", "ubunt"));
    BOOST_CHECK(!pointers->find("defaul", "ubuntu"));
    BOOST_CHECK(!pointers->find(99999));
    const auto list = pointers->list("default");
    BOOST_REQUIRE_EQUAL(list.size(), 2u);
    BOOST_CHECK(*list[0] == *second && *list[1] == *made);
    BOOST_TEST(pointers->list("nobody").empty());
    reopen();
  }
}

BOOST_AUTO_TEST_CASE(every_change_is_counted) {
  std::uint64_t before = pointers->generation();
  const auto changes = [&] {
    return pointers->generation() >
           std::exchange(before, pointers->generation());
  };
  const PointerPtr made = point("ubuntu", "ubuntu-v1");
  BOOST_TEST(changes());
  pointers->rename(made->number, "stable");
  BOOST_TEST(changes());
  BOOST_CHECK_THROW(point("stable", "elsewhere"), Error);
  BOOST_TEST(!changes());
  pointers->erase(made->number);
  BOOST_TEST(changes());
}

BOOST_AUTO_TEST_CASE(names_of_images_and_pointers_exclude_each_other) {
  const Number image = create("image")->number;
  const PointerPtr pointer = point("pointer", "image");
  const auto taken_by_pointer =
      says(Errc::exists, "there is a pointer called \"pointer\"");
  const auto taken_by_image = says(Errc::exists, "an image called \"image\"");

  BOOST_CHECK_EXCEPTION(create("pointer"), Error, taken_by_pointer);
  BOOST_CHECK_EXCEPTION(
      catalogue->update(image, [](Record& r) { r.name = "pointer"; }), Error,
      taken_by_pointer);
  BOOST_CHECK_EXCEPTION(point("pointer", "image"), Error, taken_by_pointer);
  BOOST_CHECK_EXCEPTION(point("image", "image"), Error, taken_by_image);
  BOOST_CHECK_EXCEPTION(pointers->rename(pointer->number, "image"), Error,
                        taken_by_image);
  BOOST_TEST(target_of("pointer") == "image");

  // Other projects have names of their own, and so has the trash.
  const Number moved = create("pointer", "other")->number;
  BOOST_CHECK_EXCEPTION(
      catalogue->update(moved, [](Record& r) { r.project = "default"; }), Error,
      taken_by_pointer);
  catalogue->update(image, [](Record& record) {
    record.place = Place::trash;
    record.name = "pointer";
  });
  BOOST_CHECK_EXCEPTION(
      catalogue->update(image, [](Record& r) { r.place = Place::images; }),
      Error, taken_by_pointer);
  pointers->erase(pointer->number);
  catalogue->update(image, [](Record& r) { r.place = Place::images; });
  BOOST_CHECK_EXCEPTION(point("pointer", "x"), Error, has_code(Errc::exists));
}

BOOST_AUTO_TEST_CASE(a_rename_onto_a_pointer_replaces_it) {
  const PointerPtr old = point("ubuntu", "v1");
  const PointerPtr fresh = point("ubuntu.tmp", "v2");
  pointers->rename(fresh->number, "ubuntu");
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_TEST(target_of("ubuntu") == "v2");
    BOOST_TEST(target_of("ubuntu.tmp") == "none");
    BOOST_TEST(pointers->find(fresh->number)->name == "ubuntu");
    BOOST_CHECK(!pointers->find(old->number));
    BOOST_TEST(pointers->list("default").size() == 1u);
    reopen();
  }
  pointers->rename(fresh->number, "ubuntu");
  BOOST_TEST(target_of("ubuntu") == "v2");
  BOOST_CHECK_EXCEPTION(pointers->rename(old->number, "x"), Error,
                        has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(pointers->rename(fresh->number, ""), Error,
                        has_code(Errc::invalid));
  BOOST_CHECK_EXCEPTION(point("", "x"), Error, has_code(Errc::invalid));
}

BOOST_AUTO_TEST_CASE(readers_of_a_replaced_pointer_find_the_old_or_the_new) {
  point("current", "v0");
  std::atomic<bool> done = false;
  std::atomic<int> missed = 0;
  std::thread reader([&] {
    while (!done) {
      const auto found = pointers->find("default", "current");
      if (!found || pointers->list("default").empty()) ++missed;
    }
  });
  for (int i = 1; i <= 50; ++i) {
    const auto next = point("next", "v" + std::to_string(i));
    pointers->rename(next->number, "current");
  }
  done = true;
  reader.join();
  BOOST_TEST(missed == 0);
  BOOST_TEST(target_of("current") == "v50");
}

BOOST_AUTO_TEST_CASE(an_erased_pointer_is_gone) {
  const PointerPtr made = point("ubuntu", "v1");
  pointers->erase(made->number);
  pointers->erase(made->number);
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_TEST(target_of("ubuntu") == "none");
    BOOST_CHECK(!pointers->find(made->number));
    reopen();
  }
}

// Two who want one name at once: one gets it, the other hears whose it is.
BOOST_AUTO_TEST_CASE(one_of_an_image_and_a_pointer_gets_a_name) {
  for (int round = 0; round < 20; ++round) {
    const std::string name = "name-" + std::to_string(round);
    std::atomic<int> made = 0;
    std::atomic<int> refused = 0;
    const auto attempt = [&](auto make) {
      try {
        make();
        ++made;
      } catch (const Error& error) {
        if (error.code() == Errc::exists) ++refused;
      }
    };
    {
      const std::jthread image([&] { attempt([&] { create(name); }); });
      const std::jthread pointer([&] { attempt([&] { point(name, "x"); }); });
    }
    BOOST_TEST(made == 1);
    BOOST_TEST(refused == 1);
    const bool both = pointers->find("default", name) != nullptr &&
                      catalogue->find("default", Place::images, name);
    BOOST_TEST(!both);
  }
}

BOOST_AUTO_TEST_CASE(a_pointer_that_cannot_be_read_is_damaged) {
  index::Batch batch;
  batch.put(index::KeySpace::pointers, std::string("p\0n", 3), "short");
  index->write(batch, index::Durability::lazy);
  BOOST_CHECK_EXCEPTION(Pointers(*index, *catalogue, clock), Error,
                        has_code(Errc::damaged));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::image
