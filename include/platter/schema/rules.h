// include/platter/schema/rules.h
//
// All that an operator says of free properties: what they take, and whose
// they are.
#pragma once

#include "platter/schema/protections.h"
#include "platter/schema/schema.h"

namespace platter::schema {

struct Rules {
  Schema schema = Schema::load({});
  Protections protections;
};

}  // namespace platter::schema
