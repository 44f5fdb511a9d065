// tests/json/json_test.cpp
#include "platter/json/json.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "support/errors.h"

using namespace platter;
using json::Json;
using test::says;

BOOST_AUTO_TEST_SUITE(json_documents)

BOOST_AUTO_TEST_CASE(members_keep_their_order) {
  const Json value = json::parse_object(R"({"z": 1, "a": [true, "b"]})", "x");
  BOOST_TEST(json::one_line(value) == R"({"z":1,"a":[true,"b"]})");
  BOOST_TEST(json::pretty(Json{{"k", "v"}}) == "{\n  \"k\": \"v\"\n}\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_refused_by_name) {
  for (const auto* text : {"", "{", "[1]", "7", "{\"a\":}", "{} {}"}) {
    BOOST_CHECK_EXCEPTION(json::parse_object(text, "image.json"), Error,
                          says(Errc::invalid, "image.json"));
  }
}

BOOST_AUTO_TEST_CASE(lists) {
  BOOST_TEST(json::one_line(json::parse_array(R"([1, "a"])", "x")) ==
             R"([1,"a"])");
  for (const auto* text : {"", "[", "{}", "7", "[1] [2]"}) {
    BOOST_CHECK_EXCEPTION(json::parse_array(text, "tags"), Error,
                          says(Errc::invalid, "tags"));
  }
}

BOOST_AUTO_TEST_CASE(depth_is_bounded) {
  const auto nested = [](std::size_t depth) {
    std::string text = "{\"a\":";
    text += std::string(depth, '[') + std::string(depth, ']') + "}";
    return text;
  };
  BOOST_CHECK_NO_THROW(json::parse_object(nested(json::kMaxDepth - 2), "x"));
  BOOST_CHECK_EXCEPTION(json::parse_object(nested(json::kMaxDepth), "x"), Error,
                        says(Errc::invalid, "deeper than 32"));
  BOOST_CHECK_THROW(json::parse_object(nested(100'000), "x"), Error);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf8_are_replaced) {
  BOOST_TEST(json::one_line(Json("a\xff")) == "\"a\xef\xbf\xbd\"");
}

BOOST_AUTO_TEST_SUITE_END()
