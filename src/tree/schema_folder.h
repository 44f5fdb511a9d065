// src/tree/schema_folder.h
//
// info/schema/: the namespaces that say what properties take, a file each.
#pragma once

#include "context.h"

namespace platter::tree {

// What the file is called and holds. Throws Errc::not_found when there is no
// namespace of that place.
const schema::Namespace& schema_file(const Context& context, NodeId id);

}  // namespace platter::tree
