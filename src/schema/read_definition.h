// src/schema/read_definition.h
//
// A property's definition out of JSON: type, title, description, and what
// JSON Schema calls its keywords.
#pragma once

#include "definition.h"
#include "platter/json/json.h"

namespace platter::schema {

// Throws Errc::invalid, a sentence that begins with `where`, for keywords and
// types that are not known, keywords of another type, and values that cannot
// be meant.
Definition read_definition(const json::Json& written, const std::string& where);

}  // namespace platter::schema
