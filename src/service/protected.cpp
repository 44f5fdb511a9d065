// src/service/protected.cpp
#include "protected.h"

#include <algorithm>

#include "platter/base/error.h"
#include "platter/service/properties.h"

namespace platter::service {

using image::Record;
using image::RecordPtr;
using schema::Act;
using schema::Protections;

void check_may_change(const Protections& protections, schema::Role role,
                      const Record& record, const std::string& name,
                      const std::optional<std::string>& value) {
  if (!protections.any() || !is_free(name)) return;
  const auto found = record.properties.find(name);
  const bool is_set = found != record.properties.end();
  if (!is_set && value) protections.check(Act::create, role, name);
  if (!is_set) return;
  if (!value && !protections.may(Act::read, role, name)) {
    throw Error(Errc::no_data, name + " is not set");
  }
  if (value && *value == found->second &&
      protections.may(Act::read, role, name)) {
    return;
  }
  protections.check(value ? Act::update : Act::remove, role, name);
}

RecordPtr readable_part(const Protections& protections, schema::Role role,
                        const RecordPtr& record) {
  const auto is_hidden = [&](const auto& entry) {
    return !protections.may(Act::read, role, entry.first);
  };
  if (!protections.any() ||
      std::ranges::none_of(record->properties, is_hidden)) {
    return record;
  }
  auto part = std::make_shared<Record>(*record);
  std::erase_if(part->properties, is_hidden);
  return part;
}

}  // namespace platter::service
