// tests/page/catalog_page_test.cpp
#include "platter/page/catalog_page.h"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <regex>

#include "platter/json/json.h"

using namespace platter;
using json::Json;
using page::Catalog;
using page::catalog_html;

namespace {

constexpr std::string_view kBegin =
    R"(<script type="application/json" id="data">)";

// How often `what` is in `text`.
std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != text.npos;
       at = text.find(what, at + 1)) {
    ++found;
  }
  return found;
}

// What lies between the tags that the page has around its data.
std::string data_in(const std::string& html) {
  const std::size_t begin = html.find(kBegin) + kBegin.size();
  return html.substr(begin, html.find("</script>", begin) - begin);
}

Json parsed(const Catalog& catalog) {
  return json::parse_object(data_in(catalog_html(catalog)), "page");
}

Catalog one_image(const std::string& name) {
  Catalog catalog;
  catalog.images.emplace_back().name = name;
  return catalog;
}

std::string name_back(const std::string& name) {
  return parsed(one_image(name))["images"][0]["name"].get<std::string>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog_pages)

BOOST_AUTO_TEST_CASE(hostile_names_come_back_as_they_are) {
  for (const std::string name :
       {"</script><img src=x onerror=alert(1)>", "<!--<script>", "]]>",
        "\"'`&amp;\\", "a\u2028b\u2029c", "\u202egpj.exe", "@DATA@",
        "\x01\n"}) {
    BOOST_TEST(name_back(name) == name);
  }
  BOOST_TEST(name_back(std::string(255, 'x')) == std::string(255, 'x'));
  BOOST_TEST(name_back("a\xff\xc3") == "a\ufffd\ufffd");
}

BOOST_AUTO_TEST_CASE(data_never_leaves_its_element) {
  const auto tags = count(catalog_html({}), "<");
  BOOST_TEST(rc::check("whatever texts there are, no more elements", [&] {
    Catalog catalog;
    catalog.project = *rc::gen::string<std::string>();
    page::Image image;
    image.name = *rc::gen::string<std::string>();
    image.description = *rc::gen::element<std::string>(
        "</script>", "<!--", "<script>", "</SCRIPT >", "\u2028</");
    image.tags = *rc::gen::container<std::vector<std::string>>(
        rc::gen::string<std::string>());
    catalog.images.push_back(image);
    catalog.pointers.emplace_back().name = *rc::gen::string<std::string>();
    const std::string html = catalog_html(catalog);
    RC_ASSERT(count(html, "<") == tags);
    const std::string data = data_in(html);
    for (const char* what : {"<", ">", "&", "\u2028", "\u2029"}) {
      RC_ASSERT(data.find(what) == data.npos);
    }
    RC_ASSERT(Json::accept(data));
  }));
}

BOOST_AUTO_TEST_CASE(stored_sizes_are_for_operators) {
  BOOST_TEST(rc::check("what is stored is nowhere in a project's page", [] {
    // Long numbers, which nothing else in the page has by chance.
    const auto stored = *rc::gen::inRange<std::uint64_t>(
        1'234'567'890'123, 9'000'000'000'000'000'000);
    Catalog catalog = one_image("x");
    catalog.images[0].stored_size = stored;
    catalog.space = {stored + 1, stored + 2, stored + 3};
    const auto shown = [&](const std::string& html) {
      std::size_t found = 0;
      for (std::uint64_t more = 0; more < 4; ++more) {
        found += count(html, std::to_string(stored + more));
      }
      return found;
    };
    RC_ASSERT(shown(catalog_html(catalog)) == 0u);
    RC_ASSERT(!parsed(catalog).contains("space"));
    RC_ASSERT(!parsed(catalog)["images"][0].contains("stored_size"));
    catalog.for_operators = true;
    RC_ASSERT(shown(catalog_html(catalog)) == 4u);
  }));
}

BOOST_AUTO_TEST_CASE(what_the_script_is_given) {
  Catalog catalog;
  catalog.project = "web";
  catalog.as_of = {1'700'000'000'000'000'000};
  page::Image image;
  image.name = "debian-12";
  image.os_distro = "debian";
  image.tags = {"base"};
  image.size = 3;
  image.virtual_size = 5;
  image.deprecated = true;
  catalog.images.push_back(image);
  catalog.pointers.push_back({"stable", "web", "debian-12"});
  const Json document = parsed(catalog);
  BOOST_TEST(document["project"] == "web");
  BOOST_TEST(document["as_of"] == 1'700'000'000);
  const Json& first = document["images"][0];
  BOOST_TEST(first["os_distro"] == "debian");
  BOOST_TEST(first["tags"] == Json::array({"base"}));
  BOOST_TEST(first["virtual_size"] == 5);
  BOOST_TEST(first["deprecated"] == true);
  BOOST_TEST(!first.contains("description"));
  BOOST_TEST(document["pointers"][0]["target"] == "debian-12");
}

BOOST_AUTO_TEST_CASE(long_growth_is_thinned_and_ends_where_it_ends) {
  for (const std::uint64_t count : {0u, 1u, 2u, 400u, 401u, 100'000u}) {
    Catalog catalog;
    for (std::uint64_t i = 1; i <= count; ++i) {
      catalog.growth.push_back({{std::int64_t(i) * 1'000'000'000}, i, i * 10});
    }
    const Json growth = parsed(catalog)["growth"];
    BOOST_TEST(growth.size() <= 401u);
    BOOST_TEST(growth.empty() == (count == 0));
    if (count == 0) continue;
    BOOST_TEST(growth.back()["images"] == count);
    if (count <= 2) BOOST_TEST(growth.size() == count);
  }
}

// A policy that forgot the script's hash would leave the page empty; one that
// named anything else would let it reach outside.
BOOST_AUTO_TEST_CASE(the_policy_allows_the_page_itself_and_nothing_else) {
  const std::string html = catalog_html({});
  std::smatch found;
  const std::regex policy("Content-Security-Policy\" content=\"([^\"]*)\"");
  BOOST_REQUIRE(std::regex_search(html, found, policy));
  BOOST_TEST(
      found[1].str().starts_with("default-src 'none'; script-src 'sha256-"));
  BOOST_TEST(count(found[1].str(), "unsafe") == 0u);
  BOOST_TEST(count(found[1].str(), "http") == 0u);
  for (const char* reach : {"src=\"", "href=\"http", "@import", "url(",
                            "fetch(", "innerHTML", "eval("}) {
    BOOST_TEST(count(html, reach) == 0u, reach);
  }
}

BOOST_AUTO_TEST_SUITE_END()
