// src/schema/pattern.cpp
#include "pattern.h"

#include "platter/base/error.h"

namespace platter::schema {

namespace {

// libstdc++'s matcher without backtracking, which is deep in neither time nor
// stack.
constexpr auto kSyntax = std::regex::ECMAScript | std::regex::optimize |
                         std::regex_constants::__polynomial;

std::regex compile(const std::string& source) {
  try {
    return std::regex(source, kSyntax);
  } catch (const std::regex_error& problem) {
    throw Error(Errc::invalid, "\"" + source +
                                   "\" is no regular expression (of "
                                   "ECMAScript, without back references): " +
                                   problem.what());
  }
}

}  // namespace

Pattern::Pattern(std::string source)
    : source_(std::move(source)), compiled_(compile(source_)) {}

bool Pattern::is_in(std::string_view text) const {
  return text.size() <= kLongestText &&
         std::regex_search(text.begin(), text.end(), compiled_);
}

bool Pattern::is_whole(std::string_view text) const {
  return text.size() <= kLongestText &&
         std::regex_match(text.begin(), text.end(), compiled_);
}

}  // namespace platter::schema
