// tests/schema/definition_test.cpp: what each type takes and keeps, what it
// says of the rest, and which definitions are none.
#include <rapidcheck.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "own_schema.h"
#include "support/errors.h"

namespace platter::schema {
namespace {

namespace data = boost::unit_test::data;
using test::says;

Schema with(const std::string& definition) {
  test::OwnSchema own;
  own.define("x", definition);
  return own.load();
}

struct Value {
  std::string definition;
  std::string value;
  std::string said;  // what is kept, or what the sentence says
};
std::ostream& operator<<(std::ostream& out, const Value& one) {
  return out << one.definition << " of \"" << one.value << '"';
}

std::string text_of(std::size_t length) { return std::string(length, 'a'); }

const char* const kText = R"({"type": "string"})";
const char* const kWord = R"({"type": "string", "enum": ["one", "two"]})";
const char* const kShort =
    R"({"type": "string", "minLength": 2, "maxLength": 3})";
const char* const kDigits = R"({"type": "string", "pattern": "^[0-9]+$"})";
const char* const kHasDigit = R"({"type": "string", "pattern": "\\d"})";
const char* const kUuid = R"({"type": "string", "format": "uuid"})";
const char* const kWhole = R"({"type": "integer"})";
const char* const kSmall =
    R"({"type": "integer", "minimum": -1, "maximum": 3})";
const char* const kPower = R"({"type": "integer", "enum": [1, 2, 4]})";
const char* const kReal = R"({"type": "number", "minimum": 0.5})";
const char* const kTruth = R"({"type": "boolean"})";
const char* const kList = R"({"type": "array"})";
const char* const kWords =
    R"({"type": "array", "items": {"enum": ["one", "two"]}, "minItems": 1,
        "maxItems": 2, "uniqueItems": true})";
const char* const kNumbers = R"({"type": "array", "items":
        {"type": "integer", "minimum": 0}})";

BOOST_AUTO_TEST_SUITE(schema_definition)

const std::vector<Value> kTaken = {
    {kText, "", ""},
    {kText, "any \xc3\xbc\n", "any \xc3\xbc\n"},
    {kText, text_of(60'000), text_of(60'000)},
    {kWord, "two", "two"},
    {kShort, "ab", "ab"},
    {kShort, "\xc3\xbc\xc3\xbc\xc3\xbc", "\xc3\xbc\xc3\xbc\xc3\xbc"},
    {kDigits, "0123", "0123"},
    {kHasDigit, "a1b", "a1b"},
    {kUuid, "6f1c0a52-0000-4000-8000-0123456789AB",
     "6f1c0a52-0000-4000-8000-0123456789AB"},
    {kWhole, "007", "7"},
    {kWhole, "-0", "0"},
    {kWhole, "-9223372036854775808", "-9223372036854775808"},
    {kSmall, "-1", "-1"},
    {kSmall, "3", "3"},
    {kPower, "04", "4"},
    {kReal, "0.50", "0.5"},
    {kReal, "1e2", "100"},
    {kTruth, "YES", "true"},
    {kTruth, "1", "true"},
    {kTruth, "True", "true"},
    {kTruth, "no", "false"},
    {kTruth, "0", "false"},
    {kTruth, "false", "false"},
    {kList, "", ""},
    {kList, "[]", ""},
    {kList, " a , b c,d ", "a,b c,d"},
    {kList, R"(["a", 7, true])", "a,7,true"},
    {kWords, "two,one", "two,one"},
    {kWords, R"(["one"])", "one"},
    {kNumbers, "01, 2,3", "1,2,3"},
    {kNumbers, "[1, 2]", "1,2"},
};

BOOST_DATA_TEST_CASE(values_that_are_taken, data::make(kTaken), one) {
  const Schema schema = with(one.definition);
  BOOST_TEST(schema.check("x", one.value) == one.said);
  // What is kept is taken again and stays.
  BOOST_TEST(schema.check("x", one.said) == one.said);
}

const std::vector<Value> kRefused = {
    {kWord, "three", "x is one of one two; \"three\" is not"},
    {kWord, "One", "x is one of one two"},
    {kWord, "", "\"\" is not"},
    {R"({"type": "string", "enum": ["", "a b", "c"]})", "b",
     "x is one of \"\" \"a b\" c; \"b\" is not"},
    {kShort, "a", "x is a text of 2 to 3 characters; \"a\" is not"},
    {kShort, "abcd", "2 to 3 characters"},
    {R"({"type": "string", "minLength": 1})", "",
     "a text of at least 1 character;"},
    {R"({"type": "string", "maxLength": 4})", "abcde",
     "a text of at most 4 characters;"},
    {R"({"type": "string", "minLength": 2, "maxLength": 2})", "abcde",
     "a text of 2 characters;"},
    {kDigits, "12a", "x is a text that matches ^[0-9]+$; \"12a\" is not"},
    {kHasDigit, "abc", "matches \\d"},
    // Matching takes time; a text that long is no word of anybody's.
    {kDigits, std::string(1025, '1'), "matches"},
    {kUuid, "6f1c0a52", "x is a UUID, 8-4-4-4-12 hex digits; \"6f1c"},
    {kUuid, "6f1c0a5200000-4000-8000-0123456789ab", "a UUID"},
    {kUuid, "6f1c0a52-0000-4000-8000-0123456789ag", "a UUID"},
    {kWhole, "", "x is a whole number; \"\" is not"},
    {kWhole, "1.5", "a whole number"},
    {kWhole, " 1", "a whole number"},
    {kWhole, "+1", "a whole number"},
    {kWhole, "0x10", "a whole number"},
    {kWhole, "9223372036854775808", "a whole number"},
    {kSmall, "4", "x is a whole number from -1 to 3; \"4\" is not"},
    {kSmall, "-2", "from -1 to 3"},
    {R"({"type": "integer", "minimum": 1})", "0", "a whole number from 1;"},
    {R"({"type": "integer", "maximum": 1})", "2", "a whole number up to 1;"},
    {kPower, "3", "x is one of 1 2 4; \"3\" is not"},
    {kReal, "0.4", "x is a number from 0.5; \"0.4\" is not"},
    {kReal, "inf", "a number"},
    {kReal, "nan", "a number"},
    {kReal, "1.5x", "a number"},
    {kTruth, "maybe", "true or false (also 1, 0, yes, no); \"maybe\" is not"},
    {kTruth, "2", "true or false"},
    {kList, "a,", "x is a list with commas between; \"a,\" is not"},
    {kList, ",", "a list"},
    {kList, "a,,b", "a list"},
    {kList, R"(["a")", "a list"},
    {kList, R"(["a,b"])", "a list"},
    {kList, R"([" a"])", "a list"},
    {kList, R"([["a"]])", "a list"},
    {kList, R"([null])", "a list"},
    {kWords, "",
     "a list of 1 to 2 items, none of them twice, with commas "
     "between, each one of one two; \"\" is not"},
    {kWords, "one,one", "none of them twice"},
    {kWords, "one,three", "each one of one two"},
    {kNumbers, "1,-1", "each a whole number from 0; \"1,-1\" is not"},
    {kDigits, text_of(101), text_of(100) + "...\" is not"},
    {kDigits, text_of(99) + "\xc3\xbc", text_of(99) + "...\" is not"},
};

BOOST_DATA_TEST_CASE(values_that_are_refused, data::make(kRefused), one) {
  BOOST_CHECK_EXCEPTION(with(one.definition).check("x", one.value), Error,
                        says(Errc::invalid, one.said));
}

// Backtracking would take for ever.
BOOST_AUTO_TEST_CASE(a_bad_pattern_costs_no_more_than_the_text_is_long) {
  const Schema schema =
      with(R"({"type": "string", "pattern": "^(a|aa|a*)*b$"})");
  BOOST_CHECK_THROW(schema.check("x", text_of(1000)), Error);
  BOOST_TEST(schema.check("x", text_of(1000) + "b").size() == 1001);
}

struct Bad {
  std::string definition;
  std::string why;
};
std::ostream& operator<<(std::ostream& out, const Bad& one) {
  return out << one.definition;
}

const std::vector<Bad> kBad = {
    {"7", "is an object"},
    {"{}", "type is one of string integer number boolean array; it is missing"},
    {R"({"type": "strin"})", "\"strin\" is not"},
    {R"({"type": ["string"]})", "is not"},
    {R"({"type": "string", "enums": ["a"]})",
     "has \"enums\", which is none of type title"},
    {R"({"type": "string", "minimum": 1})",
     "minimum means nothing for type string; remove it"},
    {R"({"type": "integer", "pattern": "a"})", "pattern means nothing"},
    {R"({"type": "boolean", "enum": ["a"]})", "enum means nothing"},
    {R"({"type": "integer", "items": {}})", "items means nothing"},
    {R"({"type": "string", "pattern": "["})",
     "pattern \"[\" is no regular expression"},
    {R"({"type": "string", "pattern": "(a)\\1"})", "without back references"},
    {R"({"type": "string", "format": "date"})", "format is uuid; \"date\""},
    {R"({"type": "string", "minLength": -1})",
     "minLength is a whole number from 0; -1 is not"},
    {R"({"type": "string", "maxLength": 1.5})", "maxLength is a whole number"},
    {R"({"type": "string", "minLength": 3, "maxLength": 2})",
     "minLength is 3, more than maxLength, 2; nothing would be allowed"},
    {R"({"type": "integer", "minimum": "1"})", "minimum is a whole number;"},
    {R"({"type": "integer", "minimum": 1.5})", "1.5 is not"},
    {R"({"type": "integer", "minimum": 2, "maximum": 1})", "more than maximum"},
    {R"({"type": "number", "minimum": true})", "minimum is a number; true"},
    {R"({"type": "string", "enum": []})", "enum is a list of the values"},
    {R"({"type": "string", "enum": "a"})", "enum is a list of the values"},
    {R"({"type": "integer", "enum": ["a"]})",
     "enum has \"a\", but a value is a whole number"},
    {R"({"type": "string", "maxLength": 1, "enum": ["ab"]})", "enum has"},
    {R"({"type": "string", "enum": ["a"], "default": "b"})",
     "default has \"b\", but a value is one of a"},
    {R"({"type": "boolean", "default": "so"})", "default has \"so\""},
    {R"({"type": "array", "items": 7})", "items is an object"},
    {R"({"type": "array", "items": {"type": "array"}})", "no lists themselves"},
    {R"({"type": "array", "items": {"type": "wood"}})", "items: type is one"},
    {R"({"type": "array", "uniqueItems": 1})", "uniqueItems is true or false"},
};

BOOST_DATA_TEST_CASE(definitions_that_are_none, data::make(kBad), one) {
  const auto told = [&](const Error& error) {
    return says(Errc::invalid,
                "own.json, namespace \"Own\", property x")(error) &&
           says(Errc::invalid, one.why)(error);
  };
  BOOST_CHECK_EXCEPTION(with(one.definition), Error, told);
}

BOOST_AUTO_TEST_CASE(words_that_only_people_read_are_taken) {
  BOOST_CHECK_NO_THROW(with(R"({"type": "boolean", "title": "X",
      "description": "Y", "default": true, "readonly": true,
      "operators": ["<or>"]})"));
}

// Whatever somebody writes: what is kept is taken again, and stays.
BOOST_AUTO_TEST_CASE(what_is_kept_stays) {
  const std::vector<Schema> schemas = {
      with(kText), with(kWhole), with(kReal),   with(kTruth),
      with(kList), with(kWords), with(kNumbers)};
  const auto letter = rc::gen::elementOf(std::string("01-.e,[]\" antrufylse"));
  const bool holds = rc::check([&] {
    const auto text = *rc::gen::container<std::string>(letter);
    for (const Schema& schema : schemas) {
      std::string kept;
      try {
        kept = schema.check("x", text);
      } catch (const Error& error) {
        RC_ASSERT(error.code() == Errc::invalid);
        continue;
      }
      RC_ASSERT(schema.check("x", kept) == kept);
    }
  });
  BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::schema
