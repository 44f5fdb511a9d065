// include/platter/json/json.h
//
// JSON documents. The one room that knows the library behind them.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace platter::json {

// A value that keeps its members in the order they were given.
using Json = nlohmann::ordered_json;

inline constexpr std::size_t kMaxDepth = 32;

// The object that `text` holds. Throws Errc::invalid, with a sentence that
// begins with `name` ("image.json"), for what is no JSON, is no object, or
// nests deeper than kMaxDepth.
Json parse_object(std::string_view text, const std::string& name);
// The list that `text` holds; throws as parse_object() does.
Json parse_array(std::string_view text, const std::string& name);

// Its text, two spaces a level and a line end last. Bytes that are no UTF-8
// are replaced.
std::string pretty(const Json& value);
// Its text on one line, without a line end.
std::string one_line(const Json& value);

}  // namespace platter::json
