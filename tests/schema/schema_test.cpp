// tests/schema/schema_test.cpp: which namespaces are in force, which
// definition a name has, and what a folder is refused for.
#include "platter/schema/schema.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "own_schema.h"
#include "support/errors.h"

namespace platter::schema {
namespace {

using test::says;

const std::string kNumber = R"({"type": "integer"})";
const std::string kTruth = R"({"type": "boolean"})";

std::string space(const std::string& name, const std::string& properties) {
  return R"({"namespace": ")" + name + R"(", "properties": {)" + properties +
         "}}";
}

struct Fixture : test::OwnSchema {
  // Nothing is loaded; each phrase is in the sentence.
  void check_bad(const std::vector<std::string>& phrases) {
    BOOST_CHECK_EXCEPTION(load(), Error, [&](const Error& error) {
      for (const std::string& phrase : phrases) {
        BOOST_TEST_CONTEXT(error.what()) {
          BOOST_TEST(says(Errc::invalid, phrase)(error), phrase);
        }
      }
      return error.code() == Errc::invalid;
    });
  }
  std::string text_of(const std::string& name) {
    const Schema schema = load();
    for (const Namespace& one : schema.namespaces()) {
      if (one.name == name) return one.text;
    }
    return {};
  }
};

BOOST_FIXTURE_TEST_SUITE(schema_folder, Fixture)

BOOST_AUTO_TEST_CASE(an_operator_adds_namespaces) {
  put("a.json", space("Acme::Racks", "\"acme_rack\": " + kNumber));
  const Schema schema = load();
  BOOST_TEST(schema.check("acme_rack", "07") == "7");
  BOOST_CHECK_EXCEPTION(schema.check("acme_rack", "x"), Error,
                        says(Errc::invalid, "acme_rack is a whole number"));
  BOOST_CHECK_THROW(schema.check("hw_disk_bus", "sataa"), Error);
  BOOST_TEST(text_of("Acme::Racks") ==
             space("Acme::Racks", "\"acme_rack\": " + kNumber));
}

BOOST_AUTO_TEST_CASE(a_namespace_of_the_same_name_replaces_the_shipped_one) {
  BOOST_CHECK_THROW(load().check("trait:X", "wanted"), Error);
  put("mine.json", space("OS::Compute::Traits",
                         R"("trait:*": {"type": "string",
                            "enum": ["required", "wanted"]})"));
  const Schema schema = load();
  BOOST_TEST(schema.check("trait:X", "wanted") == "wanted");
  const Schema shipped = Schema::load({});
  BOOST_TEST(schema.namespaces().size() == shipped.namespaces().size());
}

BOOST_AUTO_TEST_CASE(names_that_stand_for_many) {
  put("own.json", space("Own", R"("a.*": {"type": "string", "enum": ["any"]},
      "a.#": {"type": "string", "enum": ["number"]},
      "a.b*": {"type": "string", "enum": ["b"]},
      "a.bc": {"type": "string", "enum": ["exact"]})"));
  const Schema schema = load();
  for (const auto& [name, value] :
       std::vector<std::pair<const char*, const char*>>{{"a.x", "any"},
                                                        {"a.12x", "any"},
                                                        {"a.0", "number"},
                                                        {"a.12", "number"},
                                                        {"a.bd", "b"},
                                                        {"a.b", "any"},
                                                        {"a.bc", "exact"},
                                                        {"a.bcd", "b"},
                                                        {"a.", "free"},
                                                        {"b.x", "free"}}) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_CHECK_NO_THROW(schema.check(name, value));
    }
  }
  BOOST_CHECK_EXCEPTION(schema.check("a.12", "any"), Error,
                        says(Errc::invalid, "a.12 is one of number"));
  BOOST_CHECK_EXCEPTION(schema.check("a.x", "number"), Error,
                        says(Errc::invalid, "a.x is one of any"));
}

BOOST_AUTO_TEST_CASE(files_of_glance_are_taken_as_they_are) {
  put("glance.json",
      R"({"namespace": "OS::Compute::Own", "visibility": "public",
    "display_name": "Own", "description": "Text", "protected": true,
    "owner": "admin",
    "resource_type_associations": [{"name": "OS::Nova::Flavor", "prefix": "own:"},
      {"name": "OS::Glance::Image", "prefix": "own_"}],
    "properties": {"size": {"type": "integer", "operators": ["<or>"]}},
    "objects": [{"name": "Group", "description": "Text", "required": ["a"],
      "properties": {"a": {"type": "boolean"}}}],
    "tags": [{"name": "lts"}]})");
  put("flavors.json", R"({"namespace": "Flavors",
    "resource_type_associations": [{"name": "OS::Nova::Flavor"}],
    "properties": {"rate": {"type": "integer"}}})");
  const Schema schema = load();
  BOOST_CHECK_THROW(schema.check("own_size", "x"), Error);
  BOOST_TEST(schema.check("own_a", "yes") == "true");
  // Not of images: shown, and no more.
  BOOST_TEST(schema.check("size", "x") == "x");
  BOOST_TEST(schema.check("own:size", "x") == "x");
  BOOST_TEST(schema.check("rate", "x") == "x");
  BOOST_TEST(!text_of("Flavors").empty());
}

BOOST_AUTO_TEST_CASE(names_that_are_unknown_are_free_unless_refused) {
  BOOST_TEST(load().check("own", " any\n") == " any\n");
  options().refuse_unknown = true;
  BOOST_CHECK_EXCEPTION(
      load().check("own", ""), Error,
      says(Errc::invalid, "no schema defines a property own"));
  BOOST_TEST(load().check("description", "x") == "x");
  BOOST_TEST(load().check("trait:X", "required") == "required");
}

BOOST_AUTO_TEST_CASE(namespaces_are_listed_by_file_names_that_are_safe) {
  put("a.json", space("../etc/x y", ""));
  put("b.json", space(".hidden", ""));
  const Schema schema = load();
  std::vector<std::string> names;
  for (const Namespace& one : schema.namespaces())
    names.push_back(one.file_name);
  BOOST_TEST(std::ranges::is_sorted(names));
  BOOST_TEST(std::ranges::count(names, "_._etc_x_y.json") == 1);
  BOOST_TEST(std::ranges::count(names, "_hidden.json") == 1);
  BOOST_TEST(std::ranges::count(names, "OS__Compute__TPM.json") == 1);
}

BOOST_AUTO_TEST_CASE(other_files_are_passed_over) {
  put("README", "text");
  put("own.json~", "text");
  put(".own.json", "text");
  BOOST_CHECK_NO_THROW(load());
}

BOOST_AUTO_TEST_CASE(copies_and_moves_share) {
  Schema schema = load();
  const Schema copy = schema;
  options().refuse_unknown = true;
  schema = load();
  BOOST_TEST(copy.check("own", "x") == "x");
  BOOST_CHECK_THROW(schema.check("own", "x"), Error);
}

// ---- What a folder is refused for ------------------------------------------

BOOST_AUTO_TEST_CASE(no_folder) {
  options().folder = path() / "none";
  BOOST_CHECK_EXCEPTION(Schema::load(options()), Error,
                        says(Errc::invalid, "clear schema.folder"));
}

BOOST_AUTO_TEST_CASE(no_json) {
  put("own.json", "{");
  check_bad({(path() / "own.json").string(), "is not JSON"});
  put("own.json", "[]");
  check_bad({"own.json", "one object"});
}

BOOST_AUTO_TEST_CASE(no_namespace) {
  put("own.json", "{}");
  check_bad({"own.json", "has a \"namespace\", which is a text"});
  put("own.json", space("", ""));
  check_bad({"own.json", "has 1 to 80 bytes; this one has 0"});
  put("own.json", space(std::string(81, 'x'), ""));
  check_bad({"this one has 81"});
}

BOOST_AUTO_TEST_CASE(members_of_a_wrong_kind) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {R"("property": {})", "has \"property\", which is none of namespace"},
      {R"("properties": [])", "\"properties\" is an object"},
      {R"("objects": {})", "\"objects\" is a list"},
      {R"("objects": [7])", "an object has a \"name\""},
      {R"("objects": [{"name": "o", "types": 1}])",
       "object \"o\": has \"types\""},
      {R"("objects": [{"name": "o", "properties": 1}])",
       "object \"o\": \"properties\" is an object"},
      {R"("tags": ["lts"])", "a tag has a \"name\""},
      {R"("resource_type_associations": [{}])", "association has a \"name\""},
  };
  for (const auto& [member, why] : wrong) {
    put("own.json", R"({"namespace": "Own", )" + member + "}");
    check_bad({"own.json, namespace \"Own\"", why});
  }
}

BOOST_AUTO_TEST_CASE(names_that_are_none) {
  define("", kTruth);
  check_bad({"own.json, namespace \"Own\"", "a property has a name"});
  define("a*b", kTruth);
  check_bad({"property a*b", "a * stands at the end of a name only"});
}

BOOST_AUTO_TEST_CASE(names_that_are_reserved) {
  options().reserved = {"status", "tag."};
  define("status", kTruth);
  check_bad({"own.json, namespace \"Own\", property status",
             "one of Platter's own", "remove it"});
  define("tag.lts", kTruth);
  check_bad({"property tag.lts", "one of Platter's own"});
  define("statuses", kTruth);
  BOOST_CHECK_NO_THROW(load());
}

BOOST_AUTO_TEST_CASE(one_name_with_two_meanings) {
  put("a.json", space("A", "\"x\": " + kTruth));
  put("b.json", space("B", "\"x\": " + kTruth));
  BOOST_CHECK_NO_THROW(load());
  put("b.json", space("B", "\"x\": " + kNumber));
  check_bad({"b.json, namespace \"B\", property x", "a.json, namespace \"A\"",
             "differently"});
  put("b.json", space("B", "\"hw_disk_bus\": " + kNumber));
  check_bad({"property hw_disk_bus", "b.json", "OS__Compute__LibvirtImage.json",
             "replaces"});
}

BOOST_AUTO_TEST_CASE(one_name_twice_in_a_namespace) {
  put("own.json", R"({"namespace": "Own", "properties": {"x": )" + kTruth +
                      R"(}, "objects": [{"name": "o", "properties": {"x": )" +
                      kNumber + "}}]}");
  check_bad({"property x", "defined twice"});
}

BOOST_AUTO_TEST_CASE(one_namespace_twice) {
  put("a.json", space("Own:x", ""));
  put("b.json", space("Own:x", ""));
  check_bad({"b.json", "a.json", "join them or rename one"});
  put("b.json", space("Own_x", ""));
  check_bad({"b.json", "a.json", "would be shown as Own_x.json"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::schema
