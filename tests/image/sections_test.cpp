// tests/image/sections_test.cpp: what projects see of each other's images, ids
// for ever, and what folders hold in all.
#include <rapidcheck.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <map>

#include "catalogue_laws.h"
#include "platter/base/error.h"
#include "support/errors.h"
#include "support/forgetful_index.h"

namespace platter::image {
namespace {

using index::KeySpace;
using test::CatalogueInFolder;
using test::has_code;
using test::make_image;
using test::names_in;
using test::says;
using Names = std::vector<std::string>;

const Names kProjects = {"default", "a", "ab", "b"};

void set_visibility(Catalogue& catalogue, Number number,
                    Visibility visibility) {
  catalogue.update(number,
                   [&](Record& record) { record.visibility = visibility; });
}

// One random change; what is not allowed changes nothing.
using Step = std::array<std::uint8_t, 4>;

class Changes {
 public:
  explicit Changes(Catalogue& catalogue) : catalogue_(catalogue) {}

  void make(const Step& step) {
    try {
      if (numbers_.empty() || step[0] % 12 < 3) return create(step);
      change(step, numbers_[step[1] % numbers_.size()]);
    } catch (const Error& error) {
      const bool allowed = error.code() == Errc::exists ||
                           error.code() == Errc::invalid ||
                           error.code() == Errc::not_found;
      RC_ASSERT(allowed);
    }
  }
  const std::map<Number, ImageId>& erased() const { return erased_; }

 private:
  static std::string name(std::uint8_t value) {
    return std::string(1 + value % 2, static_cast<char>('x' + value % 3));
  }
  static std::string project(std::uint8_t value) {
    return kProjects[value % kProjects.size()];
  }
  void create(const Step& step) {
    numbers_.push_back(
        make_image(catalogue_, name(step[1]), project(step[2]), step[3])
            ->number);
  }
  void change(const Step& step, Number number) {
    if (step[0] % 12 == 3) {
      if (const auto record = catalogue_.find(number)) {
        erased_[number] = record->id;
      }
      return catalogue_.erase(number);
    }
    catalogue_.update(number, [&](Record& record) { alter(record, step); });
  }
  void alter(Record& record, const Step& step) {
    constexpr const char* kAnswers[] = {"pending", "accepted", "rejected"};
    switch (step[0] % 12) {
      case 4:
        record.name = name(step[2]);
        break;
      case 5:
        record.place = Place(1 + step[2] % 2);
        break;
      case 6:
        record.status = Status(1 + step[2] % 6);
        break;
      case 7:
        record.project = project(step[2]);
        break;
      case 8:
        record.original->size = step[2];
        break;
      case 9:
        record.members.erase(project(step[2]));
        break;
      case 10:
        record.visibility = Visibility(1 + step[2] % 4);
        break;
      default:
        record.visibility = Visibility::shared;
        record.members[project(step[2])] = kAnswers[step[3] % 3];
    }
  }

  Catalogue& catalogue_;
  std::vector<Number> numbers_;
  std::map<Number, ImageId> erased_;
};

void check_all(const Catalogue& catalogue) {
  for (const std::string& project : kProjects) {
    RC_ASSERT(test::sections_hold(catalogue, project));
    RC_ASSERT(test::usage_holds(catalogue, project));
  }
  RC_ASSERT(test::names_and_ids_hold(catalogue));
}

// What a store of 0.1 lacks.
void make_older(index::Index& index) {
  index::Batch batch;
  batch.erase(KeySpace::meta, "catalogue/sections");
  for (const KeySpace space : {KeySpace::ids, KeySpace::shown}) {
    index.scan(space, "", "", [&](std::string_view key, std::string_view) {
      batch.erase(space, std::string(key));
      return true;
    });
  }
  index.write(batch, index::Durability::synced);
}

std::size_t keys_of(const index::Index& index, KeySpace space) {
  std::size_t count = 0;
  index.scan(space, "", "", [&](auto, auto) { return ++count != 0; });
  return count;
}

BOOST_FIXTURE_TEST_SUITE(image_sections, CatalogueInFolder)

BOOST_AUTO_TEST_CASE(sections_usage_and_ids_follow_every_change) {
  BOOST_TEST(rc::check([] {
    const auto steps = *rc::gen::arbitrary<std::vector<Step>>();
    test::ForgetfulIndex index;
    const test::ManualClock clock;
    Catalogue catalogue(index, clock);
    Changes changes(catalogue);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      // From now on kept current.
      if (i == steps.size() / 2) catalogue.usage("a", Place::images);
      changes.make(steps[i]);
    }
    check_all(catalogue);
    for (const auto& [number, id] : changes.erased()) {
      RC_ASSERT(catalogue.find(id) == nullptr);
    }
    check_all(Catalogue(index, clock));
    const std::size_t shown = keys_of(index, KeySpace::shown);
    make_older(index);
    check_all(Catalogue(index, clock));
    RC_ASSERT(keys_of(index, KeySpace::shown) == shown);
  }));
}

BOOST_AUTO_TEST_CASE(long_sections_are_listed_in_order_and_stop_when_told) {
  Names all;
  for (int i = 0; i < 300; ++i) {
    for (const std::string owner : {"a", "b"}) {
      const std::string name = "image-" + std::to_string(1000 + i);
      set_visibility(*catalogue, create(name, owner)->number,
                     Visibility::public_);
      all.push_back(name + "@" + owner);
    }
  }
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_CHECK(names_in(*catalogue, Section::public_, "anybody") == all);
    BOOST_CHECK(names_in(*catalogue, Section::community, "anybody").empty());
    reopen();
  }
  int visits = 0;
  catalogue->list_section(Section::public_, "a",
                          [&](const RecordPtr&) { return ++visits < 400; });
  BOOST_TEST(visits == 400);
}

BOOST_AUTO_TEST_CASE(an_image_of_a_section_is_found_by_name_and_owner) {
  for (const std::string owner : {"web", "web2"}) {
    set_visibility(*catalogue, create("debian", owner)->number,
                   Visibility::community);
  }
  const auto owner_of = [&](const std::string& name, const std::string& owner) {
    const auto found =
        catalogue->find_in_section(Section::community, "x", name, owner);
    return found ? found->project : "none";
  };
  BOOST_TEST(owner_of("debian", "web") == "web");
  BOOST_TEST(owner_of("debian", "web2") == "web2");
  BOOST_TEST(owner_of("debian", "") == "web");  // the first
  BOOST_TEST(owner_of("debian", "we") == "none");
  BOOST_TEST(owner_of("debia", "") == "none");
  BOOST_TEST(owner_of("debian2", "web") == "none");
}

BOOST_AUTO_TEST_CASE(an_id_never_comes_back) {
  const RecordPtr made = create("debian");
  BOOST_CHECK(*catalogue->find(made->id) == *made);
  BOOST_CHECK(!catalogue->find(ImageId::random()));
  Record again = *made;
  again.name = "other";
  again.number = catalogue->new_number();
  const auto refused = says(Errc::exists, to_text(made->id));
  BOOST_CHECK_EXCEPTION(catalogue->create(again), Error, refused);
  catalogue->erase(made->number);
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_CHECK(!catalogue->find(made->id));
    BOOST_CHECK_EXCEPTION(catalogue->create(again), Error, refused);
    reopen();
  }
  const auto stone =
      index->get(KeySpace::ids, std::string(as_text(made->id.bytes)));
  BOOST_REQUIRE(stone);
  BOOST_TEST(stone->size() == 9u);
  BOOST_TEST(stone->back() == '\1');
}

BOOST_AUTO_TEST_CASE(members_whose_names_no_key_can_hold_are_refused) {
  const RecordPtr made = create("debian");
  for (const std::string& member : {std::string(), std::string("a\0b", 3)}) {
    const auto share = [&](Record& record) {
      record.members[member] = "pending";
    };
    BOOST_CHECK_EXCEPTION(catalogue->update(made->number, share), Error,
                          has_code(Errc::invalid));
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_record_does_not_take_the_others_with_it) {
  const RecordPtr lost = create("lost");
  const RecordPtr kept = create("kept");
  set_visibility(*catalogue, kept->number, Visibility::public_);
  make_older(*index);
  index::Batch batch;
  batch.put(KeySpace::images,
            std::string(7, '\0') + static_cast<char>(lost->number), "junk");
  index->write(batch, index::Durability::synced);
  reopen();
  BOOST_CHECK(names_in(*catalogue, Section::public_, "a") ==
              Names{"kept@default"});
  BOOST_CHECK(
      (catalogue->usage("default", Place::images) == FolderUsage{1, 100}));
}

BOOST_AUTO_TEST_CASE(sections_are_built_once) {
  const RecordPtr made = create("debian");
  index::Batch batch;
  batch.erase(KeySpace::ids, std::string(as_text(made->id.bytes)));
  index->write(batch, index::Durability::synced);
  reopen();
  BOOST_CHECK(!catalogue->find(made->id));
}

BOOST_AUTO_TEST_CASE(a_listener_hears_of_every_change_in_order) {
  struct Heard {
    RecordPtr before;
    RecordPtr after;
  };
  std::vector<Heard> heard;
  catalogue->set_listener([&](const RecordPtr& before, const RecordPtr& after) {
    heard.push_back({before, after});
  });
  const std::uint64_t start = catalogue->generation();
  const RecordPtr made = create("debian");
  const RecordPtr changed = catalogue->update(
      made->number, [](Record& record) { record.min_ram = 5; });
  const std::uint64_t changes = catalogue->generation();
  catalogue->update(made->number, [](Record&) {});
  catalogue->find(made->number);
  BOOST_TEST(catalogue->generation() == changes);
  catalogue->erase(made->number);
  BOOST_TEST(catalogue->generation() == start + 3);

  BOOST_REQUIRE_EQUAL(heard.size(), 3u);
  BOOST_CHECK(!heard[0].before && *heard[0].after == *made);
  BOOST_CHECK(*heard[1].before == *made && *heard[1].after == *changed);
  BOOST_CHECK(*heard[2].before == *changed && !heard[2].after);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::image
