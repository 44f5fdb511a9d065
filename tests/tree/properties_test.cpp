// tests/tree/properties_test.cpp: extended attributes, image.json and
// info/errors, which say the same in three ways.
#include "platter/json/json.h"
#include "tree.h"

namespace platter::tree {
namespace {

using json = nlohmann::json;
using test::has_code;
using test::Names;
using test::says;
using namespace std::chrono_literals;

struct Fixture : test::TestTree {
  Fixture() {
    add_projects();
    send("images/x.raw", disk);
  }

  json document() { return json::parse(text("images/x/image.json")); }
  // What an editor does that writes into the file itself.
  void edit(const std::string& text) {
    send("images/x/image.json", as_bytes(text));
  }
  void check_bad(const std::string& text, const std::string& why) {
    const auto before = record(at("images/x").number());
    BOOST_CHECK_EXCEPTION(edit(text), Error, says(Errc::invalid, why));
    BOOST_CHECK(*record(at("images/x").number()) == *before);
  }
  Names listed(const std::string& path) {
    return tree().attribute_names(user(), at(path));
  }
  bool lists(const std::string& path, const std::string& name) {
    const Names names = listed(path);
    return std::ranges::count(names, name) == 1;
  }

  Bytes disk = test::random_disk(100 * kKiB, 1);
};

BOOST_FIXTURE_TEST_SUITE(tree_properties, Fixture)

BOOST_AUTO_TEST_CASE(attributes_come_and_go) {
  set_attribute("images/x", "user.description", "some text");
  BOOST_TEST(attribute("images/x", "user.description") == "some text");
  BOOST_TEST(lists("images/x", "user.description"));
  tree().remove_attribute(user(), at("images/x"), "user.description");
  BOOST_CHECK_EXCEPTION(attribute("images/x", "user.description"), Error,
                        has_code(Errc::no_data));
  BOOST_TEST(!lists("images/x", "user.description"));
  BOOST_CHECK_EXCEPTION(
      tree().remove_attribute(user(), at("images/x"), "user.description"),
      Error, has_code(Errc::no_data));
  BOOST_CHECK_EXCEPTION(set_attribute("images/x", "user.hw_disk_bus", "sataa"),
                        Error, says(Errc::invalid, "sataa"));
}

BOOST_AUTO_TEST_CASE(every_listed_attribute_has_a_value) {
  set_attribute("images/x", "user.tag.lts", "");
  set_attribute("images/x", "user.visibility", "shared");
  set_attribute("images/x", "user.member.web", "pending");
  const Names names = listed("images/x");
  BOOST_TEST(names.size() > 10);
  for (const std::string& name : names) {
    BOOST_CHECK_NO_THROW(attribute("images/x", name));
  }
  // What was read may be set again: nothing changes.
  clock().advance(10s);
  tick();
  const auto before = record(at("images/x").number());
  for (const std::string& name : names) {
    set_attribute("images/x", name, attribute("images/x", name));
  }
  BOOST_CHECK(*record(at("images/x").number()) == *before);
}

BOOST_AUTO_TEST_CASE(files_answer_by_name_and_list_nothing) {
  for (const char* path :
       {"images/x/disk.raw", "images/x/disk.qcow2", "images/x/image.json"}) {
    BOOST_TEST(attribute(path, "user.id") == attribute("images/x", "user.id"));
    BOOST_TEST(listed(path).empty());
  }
  set_attribute("images/x/disk.raw", "user.os_distro", "debian");
  BOOST_TEST(attribute("images/x", "user.os_distro") == "debian");
}

BOOST_AUTO_TEST_CASE(other_namespaces) {
  const NodeId node = at("images/x/disk.raw");
  for (const char* name : {"security.capability", "system.posix_acl_access",
                           "trusted.a", "user"}) {
    BOOST_CHECK_EXCEPTION(tree().get_attribute(user(), node, name), Error,
                          has_code(Errc::no_data));
    BOOST_CHECK_EXCEPTION(tree().set_attribute(user(), node, name, "x"), Error,
                          has_code(Errc::unsupported));
    BOOST_CHECK_EXCEPTION(tree().remove_attribute(user(), node, name), Error,
                          has_code(Errc::unsupported));
  }
  BOOST_CHECK_EXCEPTION(
      tree().set_attribute(user(), node, "system.posix_acl_access", "x"), Error,
      says(Errc::unsupported, "user.member"));
}

BOOST_AUTO_TEST_CASE(only_images_and_projects_have_attributes) {
  for (const char* path : {"images", "README", "trash", "catalog"}) {
    BOOST_TEST(listed(path).empty());
    BOOST_CHECK_EXCEPTION(attribute(path, "user.id"), Error,
                          has_code(Errc::no_data));
    BOOST_CHECK_EXCEPTION(set_attribute(path, "user.a", "b"), Error,
                          has_code(Errc::forbidden));
  }
  BOOST_TEST(listed("").empty());
  BOOST_CHECK_EXCEPTION(set_attribute("", "user.a", "b"), Error,
                        has_code(Errc::invalid));
  // Tools that copy attributes along must not fail for a scratch file.
  send("images/.scratch", disk);
  set_attribute("images/.scratch", "user.os_distro", "debian");
  BOOST_CHECK_EXCEPTION(attribute("images/.scratch", "user.os_distro"), Error,
                        has_code(Errc::no_data));
}

BOOST_AUTO_TEST_CASE(what_only_administrators_see) {
  const NodeId node = at("images/x");
  BOOST_TEST(attribute("images/x", "user.stored_size") != "");
  BOOST_TEST(lists("images/x", "user.stored_size"));
  BOOST_CHECK_EXCEPTION(
      tree().get_attribute(member(), node, "user.stored_size"), Error,
      has_code(Errc::no_data));
  const Names names = tree().attribute_names(member(), node);
  BOOST_TEST(std::ranges::count(names, "user.stored_size") == 0);
  BOOST_TEST(tree().get_attribute(member(), node, "user.size") != "");
  BOOST_TEST(!document().contains("stored_size"));
}

BOOST_AUTO_TEST_CASE(the_document_says_what_the_attributes_say) {
  set_attribute("images/x", "user.description", "some \"text\"");
  set_attribute("images/x", "user.min_disk", "5");
  set_attribute("images/x", "user.tag.lts", "");
  set_attribute("images/x", "user.visibility", "shared");
  set_attribute("images/x", "user.member.web", "pending");
  const json now = document();
  BOOST_TEST(now["name"] == "x");
  BOOST_TEST(now["size"] == disk.size());
  BOOST_TEST(now["min_disk"] == 5);
  BOOST_TEST(now["protected"] == false);
  BOOST_CHECK(now["tags"] == json::array({"lts"}));
  BOOST_CHECK(now["members"] == json({{"web", "pending"}}));
  for (const std::string& name : listed("images/x")) {
    const std::string property = name.substr(5);
    if (property.starts_with("tag.") || property.starts_with("member.") ||
        property == "stored_size") {
      continue;
    }
    const json value = now[property];
    BOOST_TEST((value.is_string() ? value.get<std::string>() : value.dump()) ==
               attribute("images/x", name));
  }
}

BOOST_AUTO_TEST_CASE(a_document_saved_as_it_was_changes_nothing) {
  set_attribute("images/x", "user.description", "text");
  set_attribute("images/x", "user.tag.lts", "");
  clock().advance(10s);
  tick();
  const auto before = record(at("images/x").number());
  edit(text("images/x/image.json"));
  BOOST_CHECK(*record(at("images/x").number()) == *before);
}

BOOST_AUTO_TEST_CASE(an_edited_document_is_the_whole_record) {
  set_attribute("images/x", "user.os_distro", "debian");
  set_attribute("images/x", "user.os_version", "12");
  set_attribute("images/x", "user.tag.old", "");
  set_attribute("images/x", "user.visibility", "shared");
  set_attribute("images/x", "user.member.web", "pending");
  json edited = document();
  edited["description"] = "new";
  edited["os_version"] = "13";
  edited["min_ram"] = 512;
  edited["protected"] = true;
  edited["tags"] = {"lts", "stable"};
  edited["members"] = {{"shop", "pending"}};
  edited.erase("os_distro");
  edit(edited.dump());
  BOOST_TEST(attribute("images/x", "user.description") == "new");
  BOOST_TEST(attribute("images/x", "user.os_version") == "13");
  BOOST_TEST(attribute("images/x", "user.min_ram") == "512");
  BOOST_TEST(attribute("images/x", "user.protected") == "true");
  BOOST_TEST(!lists("images/x", "user.os_distro"));
  BOOST_TEST(!lists("images/x", "user.tag.old"));
  BOOST_TEST(lists("images/x", "user.tag.stable"));
  BOOST_TEST(!lists("images/x", "user.member.web"));
  BOOST_TEST(lists("images/x", "user.member.shop"));
}

BOOST_AUTO_TEST_CASE(a_piece_of_a_document_leaves_the_rest) {
  set_attribute("images/x", "user.os_distro", "debian");
  set_attribute("images/x", "user.os_version", "12");
  set_attribute("images/x", "user.tag.lts", "");
  edit(R"({"os_version": null, "description": "text"})");
  BOOST_TEST(attribute("images/x", "user.os_distro") == "debian");
  BOOST_TEST(!lists("images/x", "user.os_version"));
  BOOST_TEST(lists("images/x", "user.tag.lts"));
  BOOST_TEST(attribute("images/x", "user.description") == "text");
}

BOOST_AUTO_TEST_CASE(bad_documents_change_nothing) {
  check_bad("{", "not JSON");
  check_bad("[]", "one object");
  check_bad("null", "one object");
  check_bad(R"({"description": "new", "min_disk": "many"})", "min_disk");
  check_bad(R"({"description": "new", "hw_disk_bus": "sataa"})", "sataa");
  check_bad(R"({"description": ["a", "list"]})", "description");
  check_bad(R"({"tags": "lts"})", "tags");
  check_bad(R"({"tags": [[]]})", "tags");
  check_bad(R"({"members": []})", "members");
  check_bad("{\"a\":" + std::string(5000, '['), "deeper");
  clock().advance(10s);
  tick();
  check_bad(R"({"name": "y"})", "mv x y");
  BOOST_CHECK_EXCEPTION(edit(R"({"members": {"web": "pending"}})"), Error,
                        says(Errc::forbidden, "only shared images"));
  set_attribute("images/x", "user.visibility", "shared");
  check_bad(R"({"members": {"web": "friend"}})", "member.web");
  BOOST_CHECK_EXCEPTION(edit(R"({"id": "y"})"), Error,
                        has_code(Errc::forbidden));
}

BOOST_AUTO_TEST_CASE(a_document_that_is_too_long) {
  const auto handle = open_new("images/x/image.json");
  BOOST_CHECK_EXCEPTION(handle->write(kMiB, as_bytes("x")), Error,
                        has_code(Errc::too_large));
  BOOST_CHECK_EXCEPTION(handle->resize(kMiB + 1), Error,
                        has_code(Errc::too_large));
}

// What vim does: a new file beside it, and a rename.
BOOST_AUTO_TEST_CASE(editors_that_write_beside_it) {
  send("images/x/image.json~", as_bytes(R"({"description": "beside"})"));
  mv("images/x/image.json~", "images/x/image.json", true);
  BOOST_TEST(attribute("images/x", "user.description") == "beside");
  BOOST_TEST(!exists("images/x/image.json~"));

  send("images/x/.image.json.swp", as_bytes(R"({"min_disk": "many"})"));
  BOOST_CHECK_EXCEPTION(
      mv("images/x/.image.json.swp", "images/x/image.json", true), Error,
      says(Errc::invalid, "min_disk"));
  // The editor can try again.
  BOOST_TEST(exists("images/x/.image.json.swp"));
}

BOOST_AUTO_TEST_CASE(refusals_are_found_in_errors) {
  const NodeId x = at("images/x");
  tree().complain(user(),
                  {x, "", "EINVAL", Error(Errc::invalid, "no such bus")});
  tree().complain(user(), {NodeId::of(NodeKind::images), "a.raw", "EEXIST",
                           Error(Errc::exists, "taken")});
  tree().complain(user(), {at("images/x/disk.raw"), "", "EROFS",
                           Error(Errc::read_only, "sealed")});
  tree().complain(user(),
                  {kRoot, "", "EPERM", Error(Errc::forbidden, "the root")});
  const std::string time = "2023-11-14T22:13:20Z ";
  const std::string who = access::user_name(user().uid) + " ? ";
  BOOST_TEST(text("info/errors") ==
             time + who + "images/x EINVAL: no such bus\n" +  //
                 time + who + "images/a.raw EEXIST: taken\n" + time + who +
                 "images/x/disk.raw EROFS: sealed\n" + time + who +
                 ". EPERM: the root\n");
  BOOST_TEST(find("info/errors")->size == text("info/errors").size());
  BOOST_CHECK(find("info/errors")->modified == clock().now());
  rmdir("images/x");
  tree().complain(
      user(), {x, "disk.raw", "EROFS", Error(Errc::read_only, "in the trash")});
  BOOST_TEST(text("info/errors").find("trash/x/disk.raw EROFS") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
