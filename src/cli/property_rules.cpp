// src/cli/property_rules.cpp
#include "property_rules.h"

#include "platter/service/properties.h"

namespace platter::cli {

schema::Rules property_rules(const SchemaConfig& config) {
  schema::Rules rules{
      schema::Schema::load({.folder = config.folder,
                            .reserved = service::reserved_names(),
                            .refuse_unknown = config.refuse_unknown}),
      {}};
  if (!config.protections.empty()) {
    rules.protections = schema::Protections::load(config.protections);
  }
  return rules;
}

}  // namespace platter::cli
