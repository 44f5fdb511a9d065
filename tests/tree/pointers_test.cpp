// tests/tree/pointers_test.cpp: version pointers, as ln makes them.
#include "host.h"

namespace platter::tree {
namespace {

using test::has_code;

struct Fixture : test::Host {
  Fixture() {
    image(web(), "projects/web/images/x-v1");
    image(web(), "projects/web/images/x-v2");
    ln(web(), "x-v1", "projects/web/images/x");
  }
};

BOOST_FIXTURE_TEST_SUITE(tree_pointers, Fixture)

BOOST_AUTO_TEST_CASE(a_pointer_is_a_link) {
  const Attributes link = *find("projects/web/images/x");
  BOOST_CHECK(link.type == NodeType::link);
  BOOST_TEST(link.uid == web().uid);
  BOOST_TEST(link.gid == test::kWebGroup);
  BOOST_TEST(link.size == 4);
  BOOST_TEST(readlink("projects/web/images/x") == "x-v1");
  BOOST_TEST(names("projects/web/images") == "x-v1 x-v2 x");
  for (const auto& child : tree().list(user(), at("projects/web/images"))) {
    BOOST_CHECK((child.type == NodeType::link) == (child.name == "x"));
  }
}

BOOST_AUTO_TEST_CASE(ln_sfn_replaces_a_pointer) {
  ln(web(), "x-v2", "projects/web/images/Cu12ab34");
  mv(web(), "projects/web/images/Cu12ab34", "projects/web/images/x", true);
  BOOST_TEST(readlink("projects/web/images/x") == "x-v2");
  BOOST_TEST(names("projects/web/images") == "x-v1 x-v2 x");
}

BOOST_AUTO_TEST_CASE(a_pointer_takes_no_images_place) {
  BOOST_CHECK_EXCEPTION(ln(web(), "x-v1", "projects/web/images/x-v2"), Error,
                        has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(
      mv(web(), "projects/web/images/x", "projects/web/images/x-v2", true),
      Error, has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(image(web(), "projects/web/images/x"), Error,
                        has_code(Errc::exists));
}

BOOST_AUTO_TEST_CASE(where_pointers_can_lead) {
  for (const std::string target : {"nothing", "../images/x-v1", "/etc"}) {
    BOOST_CHECK_EXCEPTION(ln(web(), target, "projects/web/images/y"), Error,
                          has_code(Errc::invalid));
  }
  for (const std::string folder :
       {"projects/web", "projects/web/trash", "projects/web/images/x-v1"}) {
    BOOST_CHECK_EXCEPTION(ln(web(), "x-v1", folder + "/y"), Error,
                          has_code(Errc::forbidden));
  }
  BOOST_CHECK_EXCEPTION(ln(web(), "x-v1", "projects/web/catalog/public/y"),
                        Error, has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(ln(shop(), "x-v1", "projects/web/images/y"), Error,
                        has_code(Errc::denied));
}

BOOST_AUTO_TEST_CASE(pointers_go) {
  BOOST_CHECK_EXCEPTION(
      mv(web(), "projects/web/images/x", "projects/web/trash/x"), Error,
      has_code(Errc::forbidden));
  const NodeId link = at("projects/web/images/x");
  rm("projects/web/images/x");
  BOOST_TEST(names("projects/web/images") == "x-v1 x-v2");
  BOOST_CHECK_EXCEPTION(tree().attributes(user(), link), Error,
                        has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(tree().read_link(user(), link), Error,
                        has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(what_it_led_to_may_go) {
  rmdir(web(), "projects/web/images/x-v1");
  BOOST_TEST(readlink("projects/web/images/x") == "x-v1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
