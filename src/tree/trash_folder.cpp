// src/tree/trash_folder.cpp
#include "folder.h"
#include "platter/base/error.h"

namespace platter::tree {

namespace {

// Removed images, each under the name it is restored by.
class TrashFolder final : public Folder {
 public:
  using Folder::Folder;

  std::optional<NodeId> lookup(const Caller&, std::string_view name) override {
    const auto record = find(name);
    if (!record) return std::nullopt;
    return NodeId::of(NodeKind::folder, record->number);
  }

  std::vector<Child> list(const Caller&) override {
    std::vector<Child> children;
    context_.parts.catalogue.list(
        project(), image::Place::trash, "",
        [&](const image::RecordPtr& record) {
          children.push_back({record->name,
                              NodeId::of(NodeKind::folder, record->number),
                              NodeType::folder});
          return true;
        });
    return children;
  }

  void remove_folder(const Caller& caller, const std::string& name) override {
    const auto record = find(name);
    if (!record) throw Error(Errc::not_found, "the trash has no " + name);
    context_.parts.images.purge(caller, record->number);
    context_.touch(id_.project());
  }

 private:
  image::RecordPtr find(std::string_view name) const {
    return context_.parts.catalogue.find(project(), image::Place::trash, name);
  }
};

}  // namespace

std::unique_ptr<Folder> trash_folder(Context& context, NodeId id) {
  return std::make_unique<TrashFolder>(context, id);
}

}  // namespace platter::tree
