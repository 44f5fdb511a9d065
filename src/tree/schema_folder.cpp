// src/tree/schema_folder.cpp
//
// A file's number is the place of its namespace in the schema.
#include "schema_folder.h"

#include "platter/base/error.h"

namespace platter::tree {

std::vector<Child> schema_files(const Context& context) {
  std::vector<Child> files;
  for (const auto& one : context.parts.images.schema().namespaces()) {
    files.push_back({one.file_name,
                     NodeId::of(NodeKind::schema_file, files.size()),
                     NodeType::file});
  }
  return files;
}

const schema::Namespace& schema_file(const Context& context, NodeId id) {
  const auto& all = context.parts.images.schema().namespaces();
  if (id.number() < all.size()) return all[id.number()];
  throw Error(Errc::not_found, "the schema has no such namespace");
}

}  // namespace platter::tree
