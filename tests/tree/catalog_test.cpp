// tests/tree/catalog_test.cpp: what a project sees besides its own images, and
// how offers are answered.
#include "host.h"

namespace platter::tree {
namespace {

using test::has_code;
using test::same_bytes;

const std::string kShop = "projects/shop/catalog/";

BOOST_FIXTURE_TEST_SUITE(tree_catalog, test::Host)

BOOST_AUTO_TEST_CASE(its_folders) {
  BOOST_TEST(names("catalog") ==
             "by-id by-os by-tag community groups offered public shared");
  BOOST_TEST(names(kShop) == names("catalog"));
  for (const std::string folder : {"", "public", "by-os", "groups"}) {
    BOOST_CHECK_EXCEPTION(mkdir(web(), "projects/web/catalog/" + folder + "/x"),
                          Error, has_code(Errc::read_only));
  }
}

BOOST_AUTO_TEST_CASE(an_entry_shares_the_files_and_is_a_folder_of_its_own) {
  publish("x");
  const std::string entry = kShop + "public/x";
  BOOST_TEST(names(kShop + "public") == "x");
  BOOST_TEST(names(entry) == "disk.raw disk.qcow2 image.json");
  BOOST_CHECK(at(entry) != at("projects/web/images/x"));
  BOOST_CHECK(at(entry) != at("catalog/public/x"));
  BOOST_CHECK(at(entry + "/disk.raw") == at("projects/web/images/x/disk.raw"));
  BOOST_TEST(same_bytes(cat(shop(), entry + "/disk.raw"), disk));
  BOOST_TEST(cat(shop(), entry + "/disk.qcow2").size() > disk.size());
}

BOOST_AUTO_TEST_CASE(an_entry_changes_nothing) {
  publish("x");
  const std::string entry = kShop + "public/x";
  const auto refused = [&](const std::function<void()>& act) {
    BOOST_CHECK_EXCEPTION(act(), Error, has_code(Errc::read_only));
  };
  refused([&] { rm(entry + "/disk.raw"); });
  refused([&] { rmdir(shop(), entry); });
  refused([&] { mkdir(shop(), entry + "/y"); });
  refused([&] { tree().create(shop(), at(entry), "y.raw"); });
  refused(
      [&] { tree().open(shop(), at(entry + "/disk.raw"), {.write = true}); });
  refused(
      [&] { tree().open(shop(), at(entry + "/image.json"), {.write = true}); });
  BOOST_CHECK_EXCEPTION(mv(shop(), entry, "projects/shop/images/x"), Error,
                        has_code(Errc::forbidden));
  BOOST_CHECK_EXCEPTION(
      set_attribute(shop(), entry, "user.description", "mine"), Error,
      has_code(Errc::forbidden));
}

BOOST_AUTO_TEST_CASE(names_of_public_images) {
  publish("x");
  image(shop(), "projects/shop/images/x");
  set_attribute("projects/shop/images/x", "user.visibility", "public");
  publish("y");
  // The first in the order of owners has the plain name.
  BOOST_TEST(names("catalog/public") == "x x@web y");
  BOOST_CHECK(at("catalog/public/x") == at("catalog/public/x@shop"));
  BOOST_CHECK(at("catalog/public/y") == at("catalog/public/y@web"));
  BOOST_TEST(!exists("catalog/public/y@shop"));
  BOOST_TEST(!exists("catalog/public/@web"));
  BOOST_TEST(!exists("catalog/public/y@"));
}

BOOST_AUTO_TEST_CASE(community_images_are_named_with_their_owner) {
  image(web(), "projects/web/images/x");
  set_attribute("projects/web/images/x", "user.visibility", "community");
  BOOST_TEST(names(kShop + "community") == "x@web");
  BOOST_TEST(!exists(kShop + "community/x"));
  BOOST_TEST(same_bytes(cat(shop(), kShop + "community/x@web/disk.raw"), disk));
}

BOOST_AUTO_TEST_CASE(hidden_images_are_found_by_name_only) {
  publish("x");
  set_attribute("projects/web/images/x", "user.os_hidden", "true");
  BOOST_TEST(names(kShop + "public") == "");
  BOOST_TEST(same_bytes(cat(shop(), kShop + "public/x/disk.raw"), disk));
  BOOST_TEST(names("projects/web/catalog/public") == "x");
  BOOST_TEST(names("projects/web/images") == "x");
}

BOOST_AUTO_TEST_CASE(an_offer_is_accepted_by_moving_it) {
  offer("x");
  const std::string offered = kShop + "offered/x@web";
  BOOST_TEST(names(kShop + "offered") == "x@web");
  BOOST_TEST(names(offered) == "image.json");
  BOOST_TEST(!exists(offered + "/disk.raw"));
  BOOST_CHECK_EXCEPTION(
      tree().open(shop(), at("projects/web/images/x/disk.raw"), {}), Error,
      has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(mv(shop(), offered, kShop + "shared/mine"), Error,
                        has_code(Errc::forbidden));
  mv(shop(), offered, kShop + "shared/x@web");
  BOOST_TEST(names(kShop + "offered") == "");
  BOOST_TEST(names(kShop + "shared") == "x@web");
  BOOST_TEST(same_bytes(cat(shop(), kShop + "shared/x@web/disk.raw"), disk));
  BOOST_TEST(attribute("projects/web/images/x", "user.member.shop") ==
             "accepted");
}

BOOST_AUTO_TEST_CASE(an_offer_is_declined_and_a_share_is_left_by_rmdir) {
  offer("x");
  rmdir(shop(), kShop + "offered/x@web");
  BOOST_TEST(names(kShop + "offered") == "");
  BOOST_TEST(attribute("projects/web/images/x", "user.member.shop") ==
             "rejected");
  offer("y");
  mv(shop(), kShop + "offered/y@web", kShop + "shared/y@web");
  rmdir(shop(), kShop + "shared/y@web");
  BOOST_TEST(names(kShop + "shared") == "");
  BOOST_CHECK_EXCEPTION(rmdir(shop(), kShop + "offered/y@web"), Error,
                        has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(others_do_not_answer) {
  offer("x");
  BOOST_CHECK_EXCEPTION(rmdir(web(), kShop + "offered/x@web"), Error,
                        has_code(Errc::denied));
  BOOST_CHECK_EXCEPTION(
      mv(web(), kShop + "offered/x@web", kShop + "shared/x@web"), Error,
      has_code(Errc::denied));
  BOOST_TEST(names(kShop + "offered") == "x@web");
}

BOOST_AUTO_TEST_CASE(an_offer_is_answered_by_an_attribute) {
  offer("x");
  set_attribute(shop(), kShop + "offered/x@web", "user.member.shop",
                "accepted");
  BOOST_TEST(names(kShop + "shared") == "x@web");
}

BOOST_AUTO_TEST_CASE(a_member_knows_of_itself_only) {
  mkdir("projects/third");
  offer("x");
  set_attribute(web(), "projects/web/images/x", "user.member.third", "pending");
  const std::string entry = kShop + "offered/x@web";
  BOOST_TEST(attribute(shop(), entry, "user.member.shop") == "pending");
  for (const std::string name :
       {"user.member.third", "user.stored_size", "user.deleted_by"}) {
    BOOST_CHECK_EXCEPTION(attribute(entry, name), Error,
                          has_code(Errc::no_data));
  }
  const auto listed = tree().attribute_names(shop(), at(entry));
  BOOST_TEST(std::ranges::count(listed, "user.member.shop") == 1);
  BOOST_TEST(std::ranges::count(listed, "user.member.third") == 0);
  const std::string json = text(entry + "/image.json");
  BOOST_TEST(json.find("shop") != std::string::npos);
  BOOST_TEST(json.find("third") == std::string::npos);
  BOOST_TEST(find(entry + "/image.json")->size == json.size());
  // Its owner knows all of them.
  BOOST_TEST(text("projects/web/images/x/image.json").find("third") !=
             std::string::npos);
  // By the files, whose nodes are shared, nobody learns more.
  mv(shop(), entry, kShop + "shared/x@web");
  BOOST_CHECK_EXCEPTION(
      attribute(shop(), kShop + "shared/x@web/disk.raw", "user.member.third"),
      Error, has_code(Errc::no_data));
}

BOOST_AUTO_TEST_CASE(what_goes_is_seen_no_more) {
  publish("x");
  const NodeId entry = at(kShop + "public/x");
  const NodeId json = at(kShop + "public/x/image.json");
  set_attribute("projects/web/images/x", "user.visibility", "private");
  BOOST_TEST(names(kShop + "public") == "");
  for (const NodeId node : {entry, json}) {
    BOOST_CHECK_EXCEPTION(tree().attributes(shop(), node), Error,
                          has_code(Errc::not_found));
  }
  BOOST_CHECK_EXCEPTION(tree().list(shop(), entry), Error,
                        has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(tree().open(shop(), json, {}), Error,
                        has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(deactivated_data_is_read_by_administrators) {
  publish("x");
  set_attribute("projects/web/images/x", "user.status", "deactivated");
  BOOST_CHECK_EXCEPTION(cat(shop(), kShop + "public/x/disk.raw"), Error,
                        has_code(Errc::denied));
  BOOST_TEST(same_bytes(cat(kShop + "public/x/disk.raw"), disk));
}

BOOST_AUTO_TEST_CASE(the_kernel_is_told_of_what_others_changed) {
  publish("x");
  at("catalog/public/x");
  stale();
  const auto told = [&](const std::set<Stale>& stale, NodeKind kind,
                        image::ProjectNumber project, const char* name) {
    return stale.count({NodeId::of(kind, project), name}) > 0;
  };
  const image::ProjectNumber shop = at("projects/shop").project();
  const image::ProjectNumber web = at("projects/web").project();
  at(kShop + "public/x");
  const NodeId file = at("projects/web/images/x/disk.raw");
  const Timestamp before = find(kShop + "public")->modified;
  clock().advance(std::chrono::seconds(1));
  set_attribute("projects/web/images/x", "user.visibility", "private");
  const auto gone = stale();
  BOOST_TEST(told(gone, NodeKind::public_, 0, "x"));
  BOOST_TEST(told(gone, NodeKind::public_, shop, "x"));
  BOOST_TEST(told(gone, NodeKind::public_, shop, "x@web"));
  // Nobody looked there.
  BOOST_TEST(!told(gone, NodeKind::public_, web, "x"));
  // Their modes changed.
  BOOST_TEST(gone.count({file, ""}) == 1);
  BOOST_CHECK(find(kShop + "public")->modified > before);
  BOOST_TEST(stale().empty());
  set_attribute("projects/web/images/x", "user.description", "text");
  BOOST_TEST(stale().empty());
}

BOOST_AUTO_TEST_CASE(the_kernel_is_told_of_answers_and_transfers) {
  offer("x");
  const image::ProjectNumber shop = at("projects/shop").project();
  const image::ProjectNumber web = at("projects/web").project();
  at(kShop + "offered/x@web");
  BOOST_TEST(find(kShop + "offered/x@web")->name_lifetime.count() == 0);
  stale();
  mv(test::Host::shop(), kShop + "offered/x@web", kShop + "shared/x@web");
  const auto moved = stale();
  BOOST_TEST(moved.count({NodeId::of(NodeKind::offered, shop), "x@web"}) == 1);
  BOOST_TEST(moved.count({NodeId::of(NodeKind::shared, shop), "x@web"}) == 1);
  set_attribute("projects/web/images/x", "user.owner", "default");
  const auto given = stale();
  BOOST_TEST(given.count({NodeId::of(NodeKind::images, web), "x"}) == 1);
  BOOST_TEST(given.count({at("images/x"), ""}) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
