// src/tree/schema_folder.cpp
//
// A file's inner number is the place of its namespace in the schema.
#include "schema_folder.h"

#include "folder.h"
#include "platter/base/error.h"

namespace platter::tree {

namespace {

class SchemaFolder final : public ReadOnlyFolder {
 public:
  SchemaFolder(Context& context, NodeId id)
      : ReadOnlyFolder(context, id, "info/schema/") {}

  std::optional<NodeId> lookup(const Caller& caller,
                               std::string_view name) override {
    return child_named(list(caller), name);
  }

  std::vector<Child> list(const Caller&) override {
    std::vector<Child> files;
    for (const auto& one : context_.parts.images.schema().namespaces()) {
      files.push_back({one.file_name,
                       NodeId::in_project(NodeKind::schema_file, id_.project(),
                                          files.size()),
                       NodeType::file});
    }
    return files;
  }
};

}  // namespace

std::unique_ptr<Folder> schema_folder(Context& context, NodeId id) {
  return std::make_unique<SchemaFolder>(context, id);
}

const schema::Namespace& schema_file(const Context& context, NodeId id) {
  const auto& all = context.parts.images.schema().namespaces();
  if (id.inner() < all.size()) return all[id.inner()];
  throw Error(Errc::not_found, "the schema has no such namespace");
}

}  // namespace platter::tree
