// src/service/protected.h
//
// What the operator's protections make of an image's free properties.
#pragma once

#include <optional>
#include <string>

#include "platter/image/catalogue.h"
#include "platter/schema/protections.h"

namespace platter::service {

// Throws Errc::forbidden when the role may not make the change: `value` in
// place of what the record has, nullopt to remove it. What it may not read is
// as if not set: removing that throws Errc::no_data. The value that is there
// may always be set.
void check_may_change(const schema::Protections& protections, schema::Role role,
                      const image::Record& record, const std::string& name,
                      const std::optional<std::string>& value);

// The record without what the role may not read.
image::RecordPtr readable_part(const schema::Protections& protections,
                               schema::Role role,
                               const image::RecordPtr& record);

}  // namespace platter::service
