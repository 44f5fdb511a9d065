// include/platter/schema/values.h
//
// How values of properties are written: one way to read a truth or a number,
// and one sentence for what is not allowed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace platter::schema {

// Throws Errc::invalid: "NAME is ALLOWED; "VALUE" is not". A long value is
// cut.
[[noreturn]] void refuse_value(std::string_view name, std::string_view value,
                               const std::string& allowed);

inline constexpr const char* kBooleans = "true or false (also 1, 0, yes, no)";

// true, 1, yes; false, 0, no; in any letter case. nullopt for anything else.
std::optional<bool> boolean_of(std::string_view value);

// As boolean_of(). Throws Errc::invalid, naming `name`, for anything else.
bool checked_bool(std::string_view name, std::string_view value);

// A decimal number. Throws Errc::invalid, naming `name`.
std::uint64_t checked_number(std::string_view name, std::string_view value);

}  // namespace platter::schema
