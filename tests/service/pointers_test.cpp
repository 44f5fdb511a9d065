// tests/service/pointers_test.cpp: version pointers, and ids that stay.
#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using test::Caller;
using test::has_code;
using test::Place;
using test::says;

struct Fixture : test::TestService {
  using Number = image::Number;

  Number point(const std::string& name, const std::string& target) {
    return images().make_pointer(member(), "default", name, target)->number;
  }
  std::string target(const std::string& name) {
    const auto pointer = pointers().find("default", name);
    return pointer ? pointer->target : "";
  }

  Bytes disk = test::random_disk(64 * kKiB, 1);
};

BOOST_FIXTURE_TEST_SUITE(service_pointers, Fixture)

BOOST_AUTO_TEST_CASE(a_pointer_names_what_is_there) {
  create("v1");
  const auto number = point("latest", "v1");
  BOOST_TEST(target("latest") == "v1");
  BOOST_TEST(pointers().find(number)->uid == member().uid);
  point("newest", "latest");
  for (const char* bad : {"v2", "", "../v1", "images/v1", "."}) {
    BOOST_CHECK_EXCEPTION(point("other", bad), Error,
                          says(Errc::invalid, "same images/"));
  }
  BOOST_CHECK_EXCEPTION(point("x.raw", "v1"), Error, has_code(Errc::invalid));
  BOOST_CHECK_EXCEPTION(images().make_pointer(stranger(), "default", "x", "v1"),
                        Error, has_code(Errc::denied));
}

BOOST_AUTO_TEST_CASE(images_and_pointers_share_their_names) {
  const auto image = create("v1");
  const auto pointer = point("latest", "v1");
  BOOST_CHECK_EXCEPTION(create("latest"), Error, has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(point("v1", "latest"), Error, has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(point("latest", "v1"), Error, has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(images().rename(admin(), image, "latest", true), Error,
                        has_code(Errc::exists));
  const auto other = create("v2");
  BOOST_CHECK_EXCEPTION(images().rename_pointer(member(), pointer, "v2", true),
                        Error, has_code(Errc::exists));
  images().remove(admin(), other);
  BOOST_CHECK_EXCEPTION(images().restore(admin(), other, "latest"), Error,
                        has_code(Errc::exists));
  // The trash has names of its own.
  images().remove(admin(), image);
  BOOST_TEST(target("latest") == "v1");
}

// What `ln -sfn` does.
BOOST_AUTO_TEST_CASE(a_pointer_takes_the_place_of_another) {
  create("v1");
  create("v2");
  point("latest", "v1");
  const auto fresh = point("tmp", "v2");
  BOOST_CHECK_EXCEPTION(
      images().rename_pointer(member(), fresh, "latest", false), Error,
      has_code(Errc::exists));
  images().rename_pointer(member(), fresh, "latest", true);
  BOOST_TEST(target("latest") == "v2");
  BOOST_TEST(target("tmp").empty());
  BOOST_TEST(pointers().list("default").size() == 1u);
}

BOOST_AUTO_TEST_CASE(no_pointer_leads_to_itself) {
  create("v1");
  point("a", "v1");
  point("b", "a");
  const auto c = point("c", "b");
  BOOST_CHECK_EXCEPTION(images().rename_pointer(member(), c, "a", true), Error,
                        says(Errc::invalid, "point to itself"));
  BOOST_CHECK_EXCEPTION(images().rename_pointer(member(), c, "b", true), Error,
                        says(Errc::invalid, "point to itself"));
  images().rename_pointer(member(), c, "c", true);
}

BOOST_AUTO_TEST_CASE(pointers_are_their_projects) {
  create("v1");
  const auto number = point("latest", "v1");
  for (const Caller& who : {stranger(), web()}) {
    BOOST_CHECK_EXCEPTION(images().rename_pointer(who, number, "x", true),
                          Error, has_code(Errc::not_found));
    BOOST_CHECK_EXCEPTION(images().remove_pointer(who, number), Error,
                          has_code(Errc::not_found));
  }
  images().remove_pointer(member(), number);
  BOOST_TEST(target("latest").empty());
  BOOST_CHECK_EXCEPTION(images().remove_pointer(member(), number), Error,
                        has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(they_outlive_a_restart) {
  create("v1");
  const auto number = point("latest", "v1");
  restart();
  BOOST_TEST(target("latest") == "v1");
  BOOST_TEST(pointers().find(number)->name == "latest");
}

BOOST_AUTO_TEST_CASE(an_id_never_comes_back) {
  const auto number = uploaded("x", disk);
  const auto before = record(number);
  images().remove(admin(), number);
  images().purge(admin(), number);
  BOOST_CHECK(!catalogue().find(before->id));
  image::Record copy = *before;
  copy.number = catalogue().new_number();
  copy.created_at = {};
  BOOST_CHECK_EXCEPTION(catalogue().create(copy), Error,
                        has_code(Errc::exists));
}

BOOST_AUTO_TEST_SUITE_END()

// A version is promoted to public and retired again while users read it.
BOOST_FIXTURE_TEST_CASE(readers_outlive_promotion_and_retirement, Fixture) {
  add_projects();
  const auto number = uploaded("v1", test::qcow2_file(disk));
  const auto early = images().open_original(member(), number);
  set(number, "visibility", "public");
  point("latest", "v1");
  const auto reader =
      images().open_view(web(), number, format::View::raw, "web");
  uploaded("v2", disk);
  images().rename_pointer(member(), point("tmp", "v2"), "latest", true);
  set(number, "deprecated", "true");
  set(number, "replacement", "v2");
  set(number, "status", "deactivated");
  BOOST_CHECK_EXCEPTION(
      images().open_view(web(), number, format::View::raw, "web"), Error,
      has_code(Errc::denied));
  images().remove(admin(), number);
  BOOST_CHECK_EXCEPTION(
      images().open_view(web(), number, format::View::raw, "web"), Error,
      has_code(Errc::not_found));
  images().purge(admin(), number);
  BOOST_TEST(test::same_bytes(block::read_all(*reader), disk));
  BOOST_TEST(test::same_bytes(block::read_all(*early), test::qcow2_file(disk)));
}

}  // namespace
}  // namespace platter::service
