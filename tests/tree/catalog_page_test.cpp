// tests/tree/catalog_page_test.cpp: what stands in the catalogue's pages, and
// when it is worked out again.
#include "host.h"
#include "platter/json/json.h"

namespace platter::tree {
namespace {

using json::Json;
using test::has_code;

const std::string kWeb = "projects/web/";
const std::string kOperators = "info/operator/catalog.html";

struct PageHost : test::Host {
  Json data(const std::string& path) {
    const std::string html = text(path);
    const std::string begin = "id=\"data\">";
    const std::size_t at = html.find(begin) + begin.size();
    return json::parse_object(html.substr(at, html.find("</script>", at) - at),
                              path);
  }
  Json of(const std::string& project) {
    return data("projects/" + project + "/info/catalog.html");
  }
  // Names and where they are from: "x:own y@web:shared".
  std::string images_of(const Json& page) {
    std::string words;
    for (const Json& image : page["images"]) {
      words += (words.empty() ? "" : " ") + image["name"].get<std::string>() +
               ":" + image["source"].get<std::string>();
    }
    return words;
  }
};

BOOST_FIXTURE_TEST_SUITE(tree_catalog_page, PageHost)

BOOST_AUTO_TEST_CASE(a_project_s_own_images_and_what_it_may_use) {
  image(web(), kWeb + "images/x");
  publish("p");
  publish("hidden");
  set_attribute(kWeb + "images/hidden", "user.os_hidden", "true");
  offer("s");
  offer("offered");
  mv(shop(), "projects/shop/catalog/offered/s@web",
     "projects/shop/catalog/shared/s@web");
  image(web(), kWeb + "images/gone");
  rmdir(web(), kWeb + "images/gone");
  BOOST_TEST(images_of(of("web")) ==
             "hidden:own offered:own p:own s:own x:own");
  BOOST_TEST(images_of(of("shop")) == "p:public s@web:shared");
  BOOST_TEST(of("shop")["pointers"].empty());
  BOOST_TEST(of("shop")["growth"].empty());
}

BOOST_AUTO_TEST_CASE(what_stands_of_an_image) {
  const std::string name = "debian-12-base-v1.0";
  image(web(), kWeb + "images/" + name);
  ln(web(), name, kWeb + "images/stable");
  set_attribute(kWeb + "images/" + name, "user.tag.golden", "");
  set_attribute(kWeb + "images/" + name, "user.deprecated", "true");
  const Json page = of("web");
  const Json& image = page["images"][0];
  BOOST_TEST(page["project"] == "web");
  BOOST_TEST(image["state"] == "active");
  BOOST_TEST(image["format"] == "raw");
  // By its name, as in by-os/.
  BOOST_TEST(image["os_distro"] == "debian");
  BOOST_TEST(image["os_version"] == "12");
  BOOST_TEST(image["size"] == disk.size());
  BOOST_TEST(image["virtual_size"] == disk.size());
  BOOST_TEST(image["tags"] == Json::array({"golden"}));
  BOOST_TEST(image["deprecated"] == true);
  BOOST_TEST(page["pointers"][0]["name"] == "stable");
  BOOST_TEST(page["pointers"][0]["target"] == name);
  BOOST_TEST(page["growth"].back()["images"] == 1);
  BOOST_TEST(page["growth"].back()["bytes"] == disk.size());
}

BOOST_AUTO_TEST_CASE(growth_is_what_was_held) {
  for (const char* name : {"a", "b"}) {
    image(web(), kWeb + "images/" + name);
    clock().advance(std::chrono::hours(1));
  }
  rmdir(web(), kWeb + "images/a");
  for (const Json& page : {of("web"), data(kOperators)}) {
    const Json& growth = page["growth"];
    BOOST_REQUIRE(growth.size() == 3);
    BOOST_TEST(growth[0]["images"] == 1);
    BOOST_TEST(growth[1]["images"] == 2);
    BOOST_TEST(growth[1]["bytes"] == 2 * disk.size());
    BOOST_TEST(growth[2]["images"] == 1);
    BOOST_TEST(growth[2]["bytes"] == disk.size());
  }
}

BOOST_AUTO_TEST_CASE(stored_sizes_stand_in_the_operators_page_only) {
  image(web(), kWeb + "images/x");
  image(shop(), "projects/shop/images/y");
  const Json all = data(kOperators);
  BOOST_TEST(images_of(all) == "x:own y:own");
  BOOST_TEST(all["images"][0]["owner"] == "web");
  const auto stored = all["images"][0]["stored_size"].get<std::uint64_t>();
  BOOST_TEST(stored > 0);
  // The same disk twice, kept once.
  BOOST_TEST(all["space"]["logical"] == 2 * disk.size());
  BOOST_TEST(all["space"]["compressed"] == 2 * stored);
  BOOST_TEST(all["space"]["stored"].get<std::uint64_t>() < 2 * stored);
  for (const char* word : {"stored_size\":", "\"space\":", "\"compressed\":"}) {
    BOOST_TEST(text(kWeb + "info/catalog.html").find(word) ==
               std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(members_read_their_own_and_administrators_all) {
  BOOST_CHECK_NO_THROW(cat(web(), kWeb + "info/catalog.html"));
  BOOST_CHECK_THROW(cat(shop(), kWeb + "info/catalog.html"), Error);
  BOOST_CHECK_THROW(cat(web(), "info/catalog.html"), Error);
  BOOST_CHECK_EXCEPTION(cat(web(), kOperators), Error, has_code(Errc::denied));
  BOOST_TEST(!exists(kWeb + "info/operator"));
}

BOOST_AUTO_TEST_CASE(protected_properties_are_in_nobody_else_s_page) {
  protect(R"({"rules": [
      {"property": "description", "create": ["admin"], "read": ["admin"],
       "update": ["admin"], "delete": ["admin"]},
      {"property": ".*", "create": ["member"], "read": ["member"],
       "update": ["member"], "delete": ["member"]}]})");
  image(web(), kWeb + "images/x");
  set_attribute(kWeb + "images/x", "user.description", "of the operator");
  set_attribute(kWeb + "images/x", "user.os_distro", "debian");
  const Json page = of("web");
  BOOST_TEST(!page["images"][0].contains("description"));
  BOOST_TEST(page["images"][0]["os_distro"] == "debian");
  BOOST_TEST(data(kOperators)["images"][0]["description"] == "of the operator");
}

BOOST_AUTO_TEST_CASE(every_change_is_seen_at_once) {
  const auto size = [&] { return find(kWeb + "info/catalog.html")->size; };
  std::size_t before = size();
  const auto changes = [&](const std::function<void()>& act) {
    act();
    BOOST_TEST(size() != before);
    before = size();
    BOOST_TEST(text(kWeb + "info/catalog.html").size() == before);
  };
  changes([&] { image(web(), kWeb + "images/x"); });
  changes([&] { ln(web(), "x", kWeb + "images/stable"); });
  changes([&] {
    mv(web(), kWeb + "images/stable", kWeb + "images/longer-than-stable");
  });
  changes([&] { rm(kWeb + "images/longer-than-stable"); });
  changes([&] { set_attribute(kWeb + "images/x", "user.os_distro", "arch"); });
  changes([&] { rmdir(web(), kWeb + "images/x"); });
}

BOOST_AUTO_TEST_CASE(a_text_is_data_up_to_its_end) {
  using block::ExtentKind;
  const auto handle = tree().open(user(), at(kOperators), {});
  const std::uint64_t size = find(kOperators)->size;
  BOOST_TEST(*handle->seek(0, ExtentKind::data) == 0);
  BOOST_TEST(*handle->seek(5000, ExtentKind::data) == 5000);
  BOOST_TEST(*handle->seek(0, ExtentKind::zero) == size);
  BOOST_CHECK(!handle->seek(size, ExtentKind::data));
  BOOST_TEST(find(kOperators)->allocated >= size);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
