// src/service/property_types.h
//
// What the well-known free properties take: OpenStack's useful image
// properties, which hypervisor drivers read. A name that is not here takes
// any text.
#pragma once

#include <string>
#include <string_view>

namespace platter::service {

// Throws Errc::invalid, listing what is allowed, when `name` is well-known and
// does not take `value`. Returns the value as it is kept: booleans as "true"
// or "false".
std::string checked_value(std::string_view name, std::string_view value);

// "true" and "false" for true, false, 1, 0, yes, no in any letter case. Throws
// Errc::invalid, naming `name`, for anything else.
bool checked_bool(std::string_view name, std::string_view value);

// A decimal number. Throws Errc::invalid, naming `name`.
std::uint64_t checked_number(std::string_view name, std::string_view value);

}  // namespace platter::service
