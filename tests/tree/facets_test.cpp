// tests/tree/facets_test.cpp: the catalogue by id, system, tag and media group.
#include "../../src/tree/shelf.h"
#include "host.h"

namespace platter::tree {
namespace {

using test::has_code;

const std::string kWeb = "projects/web/";
const std::string kShop = "projects/shop/";

struct Fixture : test::Host {
  std::string id_of(const std::string& path) {
    return attribute(path, "user.id");
  }
};

BOOST_AUTO_TEST_SUITE(tree_facets)

BOOST_AUTO_TEST_CASE(names_that_say_a_release) {
  const auto release = release_of("ubuntu-24.04-base-server-v1.10");
  BOOST_REQUIRE(release);
  BOOST_TEST(release->distro == "ubuntu");
  BOOST_TEST(release->version == "24.04");
  BOOST_TEST(release->profile == "base-server");
  BOOST_TEST(release->release.first == 1);
  BOOST_TEST(release->release.second == 10);
  for (const char* name :
       {"", "ubuntu", "ubuntu-24.04", "ubuntu-24.04-base", "ubuntu-24.04-v1.0",
        "ubuntu-24.04-base-v1", "ubuntu-24.04-base-v1.", "-24.04-base-v1.0",
        "ubuntu-24.04-base-v1.x", "ubuntu--base-v1.0", "a-b-c-v1.0.1"}) {
    BOOST_TEST(!release_of(name), name);
  }
}

BOOST_AUTO_TEST_CASE(shelves_are_kept_for_the_projects_that_asked_last) {
  Shelves shelves;
  const auto shelf = [](std::uint64_t generation) {
    auto made = std::make_shared<Shelf>();
    made->generation = generation;
    return made;
  };
  shelves.keep(1, shelf(7));
  BOOST_TEST(shelves.find(1, 7) != nullptr);
  BOOST_TEST(shelves.find(1, 8) == nullptr);
  BOOST_TEST(shelves.find(2, 7) == nullptr);
  shelves.keep(1, shelf(8));
  BOOST_TEST(shelves.find(1, 8) != nullptr);
  shelves.keep(2, shelf(8));
  for (image::ProjectNumber other = 10; other < 10 + Shelves::kKept - 1;
       ++other) {
    BOOST_TEST(shelves.find(1, 8) != nullptr);
    shelves.keep(other, shelf(8));
  }
  BOOST_TEST(shelves.find(1, 8) != nullptr);
  BOOST_TEST(shelves.find(2, 8) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(by_id, Fixture) {
  image(shop(), kShop + "images/own");
  publish("x");
  offer("y");
  image(web(), kWeb + "images/private");
  const std::string folder = kShop + "catalog/by-id/";
  const std::string own = folder + id_of(kShop + "images/own");
  const std::string x = folder + id_of(kWeb + "images/x");
  BOOST_TEST(ls(folder.substr(0, folder.size() - 1)).size() == 2);
  BOOST_CHECK(find(own)->type == NodeType::link);
  BOOST_TEST(readlink(own) == "../../images/own");
  BOOST_TEST(readlink(x) == "../public/x");
  BOOST_TEST(find(x)->size == readlink(x).size());
  BOOST_CHECK(followed(x) == at(kShop + "catalog/public/x"));
  for (const std::string path : {"images/y", "images/private"}) {
    BOOST_TEST(!exists(folder + id_of(kWeb + path)));
  }
  BOOST_TEST(!exists(folder + "nothing"));
  const NodeId link = at(x);
  set_attribute(kWeb + "images/x", "user.visibility", "private");
  BOOST_CHECK_EXCEPTION(tree().read_link(shop(), link), Error,
                        has_code(Errc::not_found));
}

BOOST_FIXTURE_TEST_CASE(by_os, Fixture) {
  publish("debian-12-base-v1.9");
  publish("debian-12-base-v1.10");
  publish("debian-12-web-v0.3");
  image(shop(), kShop + "images/mine");
  set_attribute(kShop + "images/mine", "user.os_distro", "debian");
  set_attribute(kShop + "images/mine", "user.os_version", "12");
  const std::string os = kShop + "catalog/by-os";
  BOOST_TEST(names(os) == "debian");
  BOOST_TEST(names(os + "/debian") == "12");
  BOOST_TEST(names(os + "/debian/12") ==
             "debian-12-base-v1.10 debian-12-base-v1.9 debian-12-web-v0.3 "
             "latest latest-base latest-web mine");
  BOOST_TEST(readlink(os + "/debian/12/mine") == "../../../../images/mine");
  BOOST_TEST(readlink(os + "/debian/12/debian-12-web-v0.3") ==
             "../../../public/debian-12-web-v0.3");
  BOOST_TEST(readlink(os + "/debian/12/latest") == "debian-12-base-v1.10");
  BOOST_TEST(readlink(os + "/debian/12/latest-web") == "debian-12-web-v0.3");
  BOOST_CHECK(followed(os + "/debian/12/debian-12-web-v0.3") ==
              at(kShop + "catalog/public/debian-12-web-v0.3"));
  // What is switched off is not the latest.
  set_attribute(kWeb + "images/debian-12-base-v1.10", "user.status",
                "deactivated");
  BOOST_TEST(readlink(os + "/debian/12/latest") == "debian-12-base-v1.9");
  const NodeId folder = at(os + "/debian");
  restart_all();
  BOOST_CHECK(at(os + "/debian") == folder);
}

BOOST_FIXTURE_TEST_CASE(names_of_links, Fixture) {
  publish("x");
  image(shop(), kShop + "images/x");
  image(web(), kWeb + "images/c");
  set_attribute(kWeb + "images/c", "user.visibility", "community");
  for (const std::string& path :
       {kWeb + "images/x", kShop + "images/x", kWeb + "images/c"}) {
    set_attribute(path, "user.tag.t", "");
  }
  BOOST_TEST(names(kShop + "catalog/by-tag") == "t");
  BOOST_TEST(names(kShop + "catalog/by-tag/t") == "c@web x x@web");
  BOOST_TEST(readlink(kShop + "catalog/by-tag/t/x") == "../../../images/x");
  BOOST_TEST(readlink(kShop + "catalog/by-tag/t/x@web") == "../../public/x");
  BOOST_TEST(readlink(kShop + "catalog/by-tag/t/c@web") ==
             "../../community/c@web");
  BOOST_TEST(names("catalog/by-tag/t") == "c@web x");
  for (const auto& child :
       tree().list(user(), at(kShop + "catalog/by-tag/t"))) {
    BOOST_CHECK(followed(kShop + "catalog/by-tag/t/" + child.name) != NodeId{});
  }
}

BOOST_FIXTURE_TEST_CASE(hidden_images_are_in_no_list, Fixture) {
  publish("debian-12-base-v1.0");
  const std::string path = kWeb + "images/debian-12-base-v1.0";
  set_attribute(path, "user.os_hidden", "true");
  set_attribute(path, "user.tag.t", "");
  BOOST_TEST(names(kShop + "catalog/by-os") == "");
  BOOST_TEST(names(kShop + "catalog/by-id") == "");
  BOOST_TEST(names(kShop + "catalog/by-tag") == "");
  BOOST_TEST(exists(kShop + "catalog/by-os/debian/12/debian-12-base-v1.0"));
  BOOST_TEST(exists(kShop + "catalog/by-id/" + id_of(path)));
  BOOST_TEST(!exists(kShop + "catalog/by-os/debian/12/latest"));
  BOOST_TEST(names(kWeb + "catalog/by-os/debian/12") ==
             "debian-12-base-v1.0 latest latest-base");
}

BOOST_FIXTURE_TEST_CASE(folders_go_with_what_was_in_them, Fixture) {
  publish("x");
  set_attribute(kWeb + "images/x", "user.tag.t", "");
  const NodeId folder = at(kShop + "catalog/by-tag/t");
  const NodeId link = at(kShop + "catalog/by-tag/t/x");
  rmdir(kWeb + "images/x");
  BOOST_TEST(names(kShop + "catalog/by-tag") == "");
  for (const NodeId node : {folder, link}) {
    BOOST_CHECK_EXCEPTION(tree().attributes(user(), node), Error,
                          has_code(Errc::not_found));
  }
  BOOST_CHECK_EXCEPTION(tree().list(user(), folder), Error,
                        has_code(Errc::not_found));
}

BOOST_FIXTURE_TEST_CASE(media_groups, Fixture) {
  mkdir("catalog/groups/Linux");
  mkdir("catalog/groups/Old");
  publish("x");
  set_attribute(kWeb + "images/x", "user.media_group", "Linux");
  BOOST_TEST(names(kShop + "catalog/groups") == "Linux Old");
  BOOST_TEST(names(kShop + "catalog/groups/Linux") == "x");
  BOOST_TEST(readlink(kShop + "catalog/groups/Linux/x") == "../../public/x");
  BOOST_TEST(readlink(kWeb + "catalog/groups/Linux/x") == "../../../images/x");
  // Hidden ones are the operator's.
  BOOST_TEST(attribute("catalog/groups/Old", "user.os_hidden") == "false");
  set_attribute("catalog/groups/Old", "user.os_hidden", "yes");
  BOOST_TEST(names(kShop + "catalog/groups") == "Linux");
  BOOST_TEST(!exists(kShop + "catalog/groups/Old"));
  BOOST_TEST(names("catalog/groups") == "Linux Old");
  BOOST_CHECK_EXCEPTION(
      set_attribute("catalog/groups/Old", "user.os_hidden", "perhaps"), Error,
      has_code(Errc::invalid));
  mv("catalog/groups/Linux", "catalog/groups/Unix");
  BOOST_TEST(names(kShop + "catalog/groups/Unix") == "x");
  BOOST_TEST(attribute(kWeb + "images/x", "user.media_group") == "Unix");
  BOOST_CHECK_EXCEPTION(rmdir("catalog/groups/Unix"), Error,
                        has_code(Errc::not_empty));
  rmdir("catalog/groups/Old");
  BOOST_TEST(names("catalog/groups") == "Unix");
}

BOOST_FIXTURE_TEST_CASE(media_groups_are_for_administrators, Fixture) {
  mkdir("catalog/groups/Linux");
  BOOST_CHECK_EXCEPTION(mkdir(member(), "catalog/groups/Mine"), Error,
                        has_code(Errc::forbidden));
  BOOST_CHECK_EXCEPTION(rmdir(member(), "catalog/groups/Linux"), Error,
                        has_code(Errc::forbidden));
  BOOST_CHECK_EXCEPTION(mkdir(kShop + "catalog/groups/Mine"), Error,
                        has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(
      mv(member(), "catalog/groups/Linux", "catalog/groups/Unix"), Error,
      has_code(Errc::forbidden));
  BOOST_CHECK_EXCEPTION(
      set_attribute(kShop + "catalog/groups/Linux", "user.os_hidden", "true"),
      Error, has_code(Errc::read_only));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
