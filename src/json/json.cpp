// src/json/json.cpp
#include "platter/json/json.h"

#include "platter/base/error.h"

namespace platter::json {

namespace {
constexpr auto kReplace = Json::error_handler_t::replace;

// Any value; throws as parse_object() does.
Json parse(std::string_view text, const std::string& name) {
  const auto shallow = [&](int depth, Json::parse_event_t, Json&) {
    if (depth < static_cast<int>(kMaxDepth)) return true;
    throw Error(Errc::invalid, name + " nests deeper than " +
                                   std::to_string(kMaxDepth) + " levels");
  };
  try {
    return Json::parse(text, shallow);
  } catch (const Json::exception& problem) {
    throw Error(Errc::invalid, name + " is not JSON: " + problem.what());
  }
}

}  // namespace

Json parse_object(std::string_view text, const std::string& name) {
  Json value = parse(text, name);
  if (value.is_object()) return value;
  throw Error(Errc::invalid, name + " holds one object, in { and }");
}

Json parse_array(std::string_view text, const std::string& name) {
  Json value = parse(text, name);
  if (value.is_array()) return value;
  throw Error(Errc::invalid, name + " is a list, in [ and ]");
}

std::string pretty(const Json& value) {
  return value.dump(2, ' ', false, kReplace) + "\n";
}

std::string one_line(const Json& value) {
  return value.dump(-1, ' ', false, kReplace);
}

}  // namespace platter::json
