// src/cli/property_rules.h
#pragma once

#include "platter/cli/config.h"
#include "platter/schema/rules.h"

namespace platter::cli {

// What the configuration says of free properties, read from its files. Throws
// Errc::invalid, naming the file, for one that is wrong.
schema::Rules property_rules(const SchemaConfig& config);

}  // namespace platter::cli
