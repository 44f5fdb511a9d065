// tests/tree/schema_test.cpp: info/schema, and properties that not everybody
// may read.
#include "platter/json/json.h"
#include "tree.h"

namespace platter::tree {
namespace {

using json::Json;
using test::has_code;
using test::Names;
using test::says;

constexpr const char* kProtections = R"({"rules": [
  {"property": "secret_.*", "create": ["admin"], "read": ["admin"],
   "update": ["admin"], "delete": ["admin"]},
  {"property": ".*", "create": ["@"], "read": ["@"], "update": ["@"],
   "delete": ["@"]}]})";

struct Fixture : test::TestTree {
  Fixture() {
    send("images/x.raw", test::random_disk(100 * kKiB, 1));
    protect(kProtections);
    set_attribute("images/x", "user.secret_a", "1");
    set_attribute("images/x", "user.own", "2");
  }

  std::string read_by(const Caller& caller) {
    return std::string(as_text(cat(caller, "images/x/image.json")));
  }
  Json document_of(const Caller& caller) {
    return json::parse_object(read_by(caller), "image.json");
  }
  std::string attribute_of(const Caller& caller, const char* name) {
    return tree().get_attribute(caller, at("images/x"), name);
  }
  bool lists(const Caller& caller, const std::string& name) {
    const Names names = tree().attribute_names(caller, at("images/x"));
    return std::ranges::count(names, name) == 1;
  }
  // What an editor does: opens the file as it is, and replaces the text.
  void edit(const Caller& caller, const std::string& text) {
    const auto handle =
        tree().open(caller, at("images/x/image.json"), {true, true});
    put(*handle, as_bytes(text));
    handle->flush(caller);
  }
};

BOOST_FIXTURE_TEST_SUITE(tree_schema, Fixture)

BOOST_AUTO_TEST_CASE(the_folder_holds_what_is_in_force) {
  const auto& namespaces = images().schema().namespaces();
  Names names;
  for (const auto& one : namespaces) {
    names.push_back(one.file_name);
    const std::string path = "info/schema/" + one.file_name;
    BOOST_TEST(text(path) == one.text);
    BOOST_TEST(find(path)->permissions == 0444);
    BOOST_TEST(find(path)->size == one.text.size());
  }
  BOOST_TEST(ls("info/schema") == names, boost::test_tools::per_element());
  BOOST_TEST(!exists("info/schema/none.json"));
}

BOOST_AUTO_TEST_CASE(nothing_in_it_is_changed) {
  const std::string file = "info/schema/OS__Compute__TPM.json";
  BOOST_CHECK_EXCEPTION(rm(file), Error, has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(mkdir("info/schema/x"), Error,
                        has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(open_new(file), Error, has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(open_new("info/schema/own.json"), Error,
                        has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(rmdir("info/schema"), Error, has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(set_attribute(file, "user.x", "1"), Error,
                        says(Errc::forbidden, "only images"));
  BOOST_CHECK_EXCEPTION(attribute(file, "user.id"), Error,
                        has_code(Errc::no_data));
  const NodeId none = NodeId::of(NodeKind::schema_file, 1000);
  BOOST_CHECK_EXCEPTION(tree().attributes(user(), none), Error,
                        has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(complaints_name_its_files) {
  tree().complain(
      user(), {at("info/schema"), "x", "EROFS", Error(Errc::read_only, "no")});
  tree().complain(user(), {at("info/schema/OS__Compute__TPM.json"), "", "EROFS",
                           Error(Errc::read_only, "no")});
  BOOST_TEST(journal().all("default").front().path == "info/schema/x");
  BOOST_TEST(journal().all("default").back().path ==
             "info/schema/OS__Compute__TPM.json");
}

BOOST_AUTO_TEST_CASE(what_may_not_be_read_is_not_shown) {
  BOOST_TEST(attribute_of(admin(), "user.secret_a") == "1");
  BOOST_TEST(lists(admin(), "user.secret_a"));
  BOOST_TEST(document_of(user()).contains("secret_a"));
  BOOST_CHECK_EXCEPTION(attribute_of(member(), "user.secret_a"), Error,
                        has_code(Errc::no_data));
  BOOST_TEST(!lists(member(), "user.secret_a"));
  BOOST_TEST(!document_of(member()).contains("secret_a"));
  BOOST_TEST(attribute_of(member(), "user.own") == "2");
  BOOST_TEST(lists(member(), "user.own"));
  BOOST_TEST(document_of(member())["own"] == "2");
  const NodeId json = at("images/x/image.json");
  BOOST_TEST(tree().attributes(member(), json).size ==
             read_by(member()).size());
  BOOST_TEST(tree().attributes(user(), json).size == read_by(user()).size());
}

BOOST_AUTO_TEST_CASE(an_edit_removes_nothing_that_was_not_shown) {
  Json document = document_of(member());
  document["own"] = "3";
  edit(member(), json::pretty(document));
  BOOST_TEST(attribute("images/x", "user.own") == "3");
  BOOST_TEST(attribute("images/x", "user.secret_a") == "1");
  document.erase("own");
  edit(member(), json::pretty(document));
  BOOST_CHECK_THROW(attribute("images/x", "user.own"), Error);
  BOOST_TEST(attribute("images/x", "user.secret_a") == "1");
  document["secret_a"] = "2";
  BOOST_CHECK_EXCEPTION(edit(member(), json::pretty(document)), Error,
                        says(Errc::forbidden, "secret_a"));
}

BOOST_AUTO_TEST_CASE(numbers_and_truths_of_the_record_have_their_types) {
  set_attribute("images/x", "user.min_disk", "10");
  set_attribute("images/x", "user.protected", "yes");
  set_attribute("images/x", "user.hw_cpu_cores", "04");
  set_attribute("images/x", "user.hw_pmu", "yes");
  const Json document = document_of(user());
  BOOST_TEST(document["min_disk"] == 10);
  BOOST_TEST(document["min_ram"] == 0);
  BOOST_TEST(document["protected"] == true);
  // Free ones are texts, as everywhere.
  BOOST_TEST(document["hw_cpu_cores"] == "4");
  BOOST_TEST(document["hw_pmu"] == "true");
  // ... and may be written as what they mean.
  edit(user(), R"({"hw_cpu_cores": 8, "hw_pmu": false})");
  BOOST_TEST(attribute("images/x", "user.hw_cpu_cores") == "8");
  BOOST_TEST(attribute("images/x", "user.hw_pmu") == "false");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
