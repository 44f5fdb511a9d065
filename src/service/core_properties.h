// src/service/core_properties.h
//
// The properties that every image has: each with how it is read, set and put
// back to what it was at first.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platter/image/record.h"

namespace platter::service {

struct CoreProperty {
  std::string_view name;
  std::function<std::optional<std::string>(const image::Record&)> get;
  // Null: computed, nobody sets it.
  std::function<void(image::Record&, std::string_view)> set = {};
  // Null: it cannot be taken away.
  std::function<void(image::Record&)> reset = {};
};

// In the order in which they are listed.
const std::vector<CoreProperty>& core_properties();
// nullptr: it is none of them.
const CoreProperty* core_property(std::string_view name);

// Throws Errc::forbidden when the image has data, which says what `name` is.
void check_before_data(const image::Record& record, std::string_view name);

}  // namespace platter::service
