// tests/tree/projects_test.cpp: many projects on one mount, and what each node
// of theirs is to whom.
#include "host.h"

namespace platter::tree {
namespace {

using test::has_code;

BOOST_FIXTURE_TEST_SUITE(tree_projects, test::Host)

BOOST_AUTO_TEST_CASE(each_project_has_the_same_tree) {
  BOOST_TEST(names("") == "catalog images info mine projects README trash");
  BOOST_TEST(names("projects") == "shop web");
  BOOST_TEST(names("projects/web") == "catalog images info README trash");
  BOOST_TEST(names("projects/web/info") ==
             "catalog.html errors events.jsonl quota.csv usage.csv usage.json "
             "schema tasks usage");
  BOOST_TEST(!exists("projects/web/projects"));
  BOOST_TEST(!exists("projects/default"));
  BOOST_TEST(!exists("projects/nobody"));
}

BOOST_AUTO_TEST_CASE(images_are_of_the_project_whose_folder_they_are_in) {
  image(web(), "projects/web/images/x");
  image(shop(), "projects/shop/images/x");
  BOOST_TEST(names("projects/web/images") == "x");
  BOOST_TEST(names("images") == "");
  BOOST_TEST(attribute("projects/web/images/x", "user.owner") == "web");
  BOOST_TEST(attribute("projects/shop/images/x", "user.owner") == "shop");
  rmdir(web(), "projects/web/images/x");
  BOOST_TEST(names("projects/web/trash") == "x");
  BOOST_TEST(names("projects/shop/trash") == "");
  mv(web(), "projects/web/trash/x", "projects/web/images/y");
  BOOST_TEST(names("projects/web/images") == "y");
}

BOOST_AUTO_TEST_CASE(modes_and_owners) {
  const auto check = [&](const std::string& path, unsigned permissions,
                         uid_t uid, gid_t gid) {
    const Attributes shown = *find(path);
    BOOST_TEST(shown.permissions == permissions, path);
    BOOST_TEST(shown.uid == uid, path);
    BOOST_TEST(shown.gid == gid, path);
  };
  image(web(), "projects/web/images/x");
  check("", 0755, 1000, 1001);
  check("projects", 0755, 1000, 1001);
  check("projects/web", 02750, 1000, test::kWebGroup);
  check("projects/web/images", 02770, 1000, test::kWebGroup);
  check("projects/web/trash", 02770, 1000, test::kWebGroup);
  check("projects/web/info", 02750, 1000, test::kWebGroup);
  check("projects/web/catalog", 02755, 1000, test::kWebGroup);
  check("projects/web/catalog/public", 02755, 1000, test::kWebGroup);
  check("projects/web/catalog/shared", 02770, 1000, test::kWebGroup);
  check("projects/web/catalog/offered", 02770, 1000, test::kWebGroup);
  check("projects/web/images/x", 02770, 4713, test::kWebGroup);
  check("projects/web/images/x/disk.raw", 0660, 4713, test::kWebGroup);
  set_attribute("projects/web/images/x", "user.visibility", "public");
  check("projects/web/images/x/disk.raw", 0664, 4713, test::kWebGroup);
  check("projects/shop/catalog/public/x", 02755, 1000, test::kShopGroup);
  check("projects/shop/catalog/public/x/disk.raw", 0664, 4713, test::kWebGroup);
  check("projects/shop/catalog/public/x/image.json", 0444, 1000,
        test::kShopGroup);
}

// The kernel keeps what stat shows for all, so it is the same for all.
BOOST_AUTO_TEST_CASE(what_stat_shows_does_not_depend_on_who_asks) {
  image(web(), "projects/web/images/x");
  for (const std::string path :
       {"mine", "projects/web", "projects/web/images/x",
        "projects/web/images/x/disk.raw", "projects/web/info/quota.csv"}) {
    const Attributes mine = *find(web(), path);
    const Attributes theirs = *find(shop(), path);
    BOOST_CHECK(mine.id == theirs.id);
    BOOST_TEST(mine.permissions == theirs.permissions);
    BOOST_TEST(mine.uid == theirs.uid);
    BOOST_TEST(mine.size == theirs.size);
  }
}

BOOST_AUTO_TEST_CASE(others_open_and_change_nothing) {
  image(web(), "projects/web/images/x");
  const NodeId folder = at("projects/web/images/x");
  const NodeId file = at("projects/web/images/x/disk.raw");
  const auto unknown = [&](const std::function<void()>& act) {
    BOOST_CHECK_EXCEPTION(act(), Error, has_code(Errc::not_found));
  };
  unknown([&] { tree().list(shop(), folder); });
  unknown([&] { tree().list(shop(), at("projects/web/images")); });
  unknown([&] { tree().list(shop(), at("projects/web")); });
  unknown([&] { tree().open(shop(), file, {}); });
  unknown([&] { tree().open(shop(), file, {.write = true}); });
  unknown([&] { tree().get_attribute(shop(), folder, "user.id"); });
  unknown([&] { tree().attribute_names(shop(), folder); });
  unknown([&] { tree().set_attribute(shop(), folder, "user.a", "b"); });
  unknown([&] { attribute(shop(), "projects/web", "user.usage.images"); });
  BOOST_CHECK_EXCEPTION(send(shop(), "projects/web/images/y.raw", disk), Error,
                        has_code(Errc::denied));
  BOOST_CHECK_EXCEPTION(send(shop(), "projects/web/images/.y.raw.Xb", disk),
                        Error, has_code(Errc::denied));
  BOOST_CHECK_EXCEPTION(
      tree().open(shop(), at("projects/web/info/events.jsonl"), {}), Error,
      has_code(Errc::denied));
  BOOST_CHECK_EXCEPTION(tree().list(member(), at("info/operator")), Error,
                        has_code(Errc::denied));
  BOOST_TEST(!exists("projects/web/info/operator"));
}

BOOST_AUTO_TEST_CASE(mine_leads_each_to_their_own) {
  BOOST_CHECK(find("mine")->type == NodeType::link);
  BOOST_TEST(tree().read_link(web(), at("mine")) == "projects/web");
  BOOST_TEST(tree().read_link(shop(), at("mine")) == "projects/shop");
  BOOST_TEST(tree().read_link(member(), at("mine")) == ".");
  // Who is in no project finds those that there are.
  BOOST_TEST(tree().read_link(stranger(), at("mine")) == "projects");
  BOOST_TEST(find("mine")->name_lifetime.count() == 0);
  BOOST_TEST(find("mine")->lifetime.count() == 0);
}

BOOST_AUTO_TEST_CASE(administrators_make_and_remove_projects) {
  mkdir("projects/new");
  BOOST_TEST(names("projects") == "new shop web");
  const NodeId first = at("projects/new");
  rmdir("projects/new");
  BOOST_TEST(!exists("projects/new"));
  BOOST_CHECK_EXCEPTION(tree().attributes(user(), first), Error,
                        has_code(Errc::not_found));
  mkdir("projects/new");
  BOOST_CHECK(at("projects/new") != first);
  BOOST_CHECK_EXCEPTION(mkdir(web(), "projects/more"), Error,
                        has_code(Errc::forbidden));
  BOOST_CHECK_EXCEPTION(rmdir(web(), "projects/web"), Error,
                        has_code(Errc::forbidden));
  image(web(), "projects/web/images/x");
  BOOST_CHECK_EXCEPTION(rmdir("projects/web"), Error,
                        has_code(Errc::not_empty));
}

BOOST_AUTO_TEST_CASE(a_project_has_attributes) {
  image(web(), "projects/web/images/x");
  BOOST_TEST(attribute(web(), "projects/web", "user.usage.images") == "1");
  set_attribute("projects/web", "user.quota.images", "1");
  BOOST_TEST(attribute(web(), "projects/web", "user.quota.images") == "1");
  BOOST_CHECK_EXCEPTION(image(web(), "projects/web/images/y"), Error,
                        has_code(Errc::quota));
  BOOST_CHECK_EXCEPTION(
      set_attribute(web(), "projects/web", "user.quota.images", "9"), Error,
      has_code(Errc::forbidden));
  const auto listed = tree().attribute_names(web(), at("projects/web"));
  BOOST_TEST(std::ranges::count(listed, "user.quota.images") == 1);
}

BOOST_AUTO_TEST_CASE(df_shows_the_limits_of_a_folders_project) {
  image(web(), "projects/web/images/x");
  set_attribute("projects/web", "user.quota.bytes", "1MiB");
  set_attribute("projects/web", "user.quota.images", "10");
  for (const std::string path : {"projects/web", "projects/web/images/x",
                                 "projects/web/images/x/disk.raw"}) {
    const Usage usage = tree().usage(web(), at(path));
    BOOST_TEST(usage.total == kMiB);
    BOOST_TEST(usage.free == kMiB - disk.size());
    BOOST_TEST(usage.images == 1);
    BOOST_TEST(usage.images_free == 9);
  }
  BOOST_TEST(tree().usage(user(), at("projects/shop")).images == 0);
  // Of a file that is shared, each is told of their own project.
  set_attribute("projects/web/images/x", "user.visibility", "public");
  const NodeId file = at("projects/shop/catalog/public/x/disk.raw");
  BOOST_TEST(tree().usage(shop(), file).images == 0);
  BOOST_TEST(tree().usage(web(), file).images == 1);
}

BOOST_AUTO_TEST_CASE(moves_between_projects_are_refused) {
  image(web(), "projects/web/images/x");
  for (const std::string to :
       {"images/x", "projects/shop/images/x", "projects/shop/trash/x"}) {
    BOOST_CHECK_EXCEPTION(mv("projects/web/images/x", to), Error,
                          has_code(Errc::forbidden));
  }
  clock().advance(std::chrono::minutes(1));
  tick();
  set_attribute("projects/web/images/x", "user.owner", "shop");
  BOOST_TEST(names("projects/web/images") == "");
  BOOST_TEST(names("projects/shop/images") == "x");
}

BOOST_AUTO_TEST_CASE(refusals_are_told_where_they_were_met) {
  image(web(), "projects/web/images/x");
  set_attribute("projects/web/images/x", "user.visibility", "public");
  const NodeId own = at("projects/web/images/x");
  tree().complain(web(), {own, "", "EINVAL", Error(Errc::invalid, "no good")});
  tree().complain(shop(), {at("projects/shop/catalog/public/x/disk.raw"), "",
                           "EACCES", Error(Errc::denied, "not now")});
  tree().complain(shop(), {at("projects/shop/catalog/by-id"), "u", "EROFS",
                           Error(Errc::read_only, "never")});
  const std::string web_errors = text("projects/web/info/errors");
  const std::string shop_errors = text("projects/shop/info/errors");
  BOOST_TEST(web_errors.find("projects/web/images/x EINVAL") !=
             std::string::npos);
  BOOST_TEST(web_errors.find("not now") == std::string::npos);
  BOOST_TEST(shop_errors.find("projects/shop/catalog/public/x/disk.raw "
                              "EACCES") != std::string::npos);
  BOOST_TEST(shop_errors.find("projects/shop/catalog/by-id/u EROFS") !=
             std::string::npos);
  BOOST_TEST(text("info/errors") == "");
}

BOOST_AUTO_TEST_CASE(usage_is_a_table) {
  image(web(), "projects/web/images/x");
  const std::string table = text("projects/web/info/quota.csv");
  BOOST_TEST(table.find("\nweb,1,unlimited,65536,unlimited,0,0,0,0\n") !=
             std::string::npos);
  BOOST_TEST(find("projects/web/info/quota.csv")->size == table.size());
  BOOST_TEST(find("projects/web/info/quota.csv")->permissions == 0440);
}

BOOST_AUTO_TEST_SUITE_END()

struct AuditFolder {
  test::TemporaryFolder audit_folder;
};

struct Audited : AuditFolder, test::Host {
  Audited() : test::Host({.audit = {.folder = audit_folder.path()}}) {}
};

BOOST_FIXTURE_TEST_SUITE(tree_audit, Audited)

BOOST_AUTO_TEST_CASE(what_was_sent_and_read_is_in_the_events) {
  image(web(), "projects/web/images/x");
  set_attribute("projects/web/images/x", "user.visibility", "public");
  {
    const auto handle =
        tree().open(shop(), at("projects/shop/catalog/public/x/disk.raw"), {});
    Bytes some(1000);
    BOOST_TEST(handle->read(0, some) == 1000);
    BOOST_TEST(handle->read(1000, some) == 1000);
  }
  tree().complain(web(), {at("projects/web/images/x"), "", "EINVAL",
                          Error(Errc::invalid, "no good")});
  tick();
  const std::string events = text("projects/web/info/events.jsonl");
  BOOST_TEST(find("projects/web/info/events.jsonl")->size == events.size());
  const auto has = [&](const std::string& piece) {
    BOOST_TEST(events.find(piece) != std::string::npos, piece << events);
  };
  has("\"act\":\"upload\"");
  has("\"act\":\"download\"");
  has("\"bytes\":2000");
  has("\"act\":\"refused\"");
  has("no good");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
