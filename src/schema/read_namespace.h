// src/schema/read_namespace.h
//
// One file of a schema: a namespace, with what it defines.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "definition.h"
#include "platter/schema/schema.h"

namespace platter::schema {

struct ReadNamespace {
  Namespace shown;
  std::string file;  // for sentences
  std::map<std::string, Definition> properties;
};

// Whether the name stands for many: "trait:*", or "hw_numa_cpus.#", where a
// number takes the place of the last character.
bool is_wild(std::string_view name);

// `file`: what sentences call it. Throws Errc::invalid for what is no such
// file, naming file, namespace, property and the mend. Nothing else has been
// looked at: names may be reserved, or other files' too.
ReadNamespace read_namespace(std::string_view text, const std::string& file);

// "FILE, namespace "NAME", property PROPERTY": how a sentence begins.
std::string place_of(const ReadNamespace& read, std::string_view property);

}  // namespace platter::schema
