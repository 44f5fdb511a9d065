// tests/image/tally_test.cpp: how many images there are, by folder and state.
#include <boost/test/unit_test.hpp>

#include "catalogue_in_folder.h"

namespace platter::image {
namespace {

struct Fixture : test::CatalogueInFolder {
  RecordPtr create(const std::string& name,
                   const std::string& project = "default") {
    Record record;
    record.number = catalogue->new_number();
    record.id = ImageId::random();
    record.project = project;
    record.name = name;
    return catalogue->create(record);
  }
};

BOOST_FIXTURE_TEST_SUITE(image_tally, Fixture)

BOOST_AUTO_TEST_CASE(counts_follow_every_change) {
  create("before");
  const std::pair queued{Place::images, Status::queued};
  const std::pair active{Place::images, Status::active};
  const std::pair trashed{Place::trash, Status::active};
  BOOST_TEST(catalogue->counts()[queued].images == 1u);
  const RecordPtr one = create("one");
  const RecordPtr two = create("two", "other");
  BOOST_TEST(catalogue->counts()[queued].images == 3u);
  for (const RecordPtr& record : {one, two}) {
    catalogue->update(record->number, [](Record& changed) {
      changed.status = Status::active;
      changed.original = Original{};
      changed.original->size = 1000;
    });
  }
  BOOST_TEST(catalogue->counts()[queued].images == 1u);
  BOOST_TEST(catalogue->counts()[active].images == 2u);
  BOOST_TEST(catalogue->counts()[active].bytes == 2000u);
  catalogue->update(one->number,
                    [](Record& changed) { changed.place = Place::trash; });
  BOOST_TEST(catalogue->counts()[active].images == 1u);
  BOOST_TEST(catalogue->counts()[trashed].bytes == 1000u);
  catalogue->erase(two->number);
  BOOST_TEST(catalogue->counts()[active].images == 0u);
  const ImageCounts kept = catalogue->counts();
  reopen();
  for (const auto& [key, usage] : kept) {
    BOOST_CHECK(catalogue->counts()[key] == usage);
  }
}

BOOST_AUTO_TEST_CASE(counts_follow_changes) {
  create("a");
  BOOST_TEST(catalogue->usage("default", Place::images).images == 1u);
  create("b");
  create("c", "other");
  BOOST_TEST(catalogue->usage("default", Place::images).images == 2u);
  BOOST_TEST(catalogue->usage("other", Place::images).images == 1u);
  BOOST_TEST(catalogue->usage("nobody", Place::images).images == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::image
