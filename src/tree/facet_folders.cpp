// src/tree/facet_folders.cpp
//
// The catalogue by id, by system, by tag and by media group: folders of links
// to where the project has the images.
#include "folder.h"
#include "platter/base/error.h"
#include "sections.h"
#include "shelf.h"

namespace platter::tree {

namespace {

// Where its links are on the shelf; nullopt when there are none any more.
std::optional<std::string> path_of(Context& context, NodeId id) {
  switch (id.kind()) {
    case NodeKind::by_id:
      return "id";
    case NodeKind::by_os:
      return "os";
    case NodeKind::by_tag:
      return "tag";
    case NodeKind::group: {
      const auto group = context.parts.media_groups.find(id.inner());
      if (!group) return std::nullopt;
      return "group/" + group->name;
    }
    default: {
      const ShelfPtr shelf = shelf_of(context, id.project());
      const auto found = shelf->paths.find(id);
      if (found == shelf->paths.end()) return std::nullopt;
      return found->second;
    }
  }
}

class FacetFolder final : public ReadOnlyFolder {
 public:
  FacetFolder(Context& context, NodeId id)
      : ReadOnlyFolder(context, id, "catalog/") {}

  std::optional<NodeId> lookup(const Caller&, std::string_view name) override {
    if (id_.kind() == NodeKind::by_id) return by_id(name);
    const auto facet = this->facet();
    if (!facet) return std::nullopt;
    const auto folder = facet->folders.find(name);
    if (folder != facet->folders.end()) return folder->second.id;
    const auto link = facet->links.find(name);
    if (link != facet->links.end()) return link->second.id;
    return std::nullopt;
  }

  std::vector<Child> list(const Caller&) override {
    std::vector<Child> children;
    const auto facet = this->facet();
    if (!facet) return children;
    for (const auto& [name, folder] : facet->folders) {
      if (!folder.listed) continue;
      children.push_back({name, folder.id, NodeType::folder});
    }
    for (const auto& [name, link] : facet->links) {
      if (!link.listed) continue;
      children.push_back({name, link.id, NodeType::link});
    }
    return children;
  }

 private:
  // nullptr when nothing is in it.
  std::shared_ptr<const Facet> facet() {
    const auto path = path_of(context_, id_);
    if (!path) throw Error(Errc::not_found, "the folder is gone");
    const ShelfPtr shelf = shelf_of(context_, id_.project());
    return {shelf, shelf->find(*path)};
  }

  // An image is found by its id without all the others.
  std::optional<NodeId> by_id(std::string_view name) const {
    const auto id = image::image_id_in(name);
    const auto record = id ? context_.parts.catalogue.find(*id) : nullptr;
    // One name, in lower case, for each.
    if (!record || to_text(record->id) != name ||
        !home_of(context_, *record, project()))
      return std::nullopt;
    return NodeId::in_project(NodeKind::link_by_id, id_.project(),
                              record->number);
  }
};

}  // namespace

std::unique_ptr<Folder> facet_folder(Context& context, NodeId id) {
  return std::make_unique<FacetFolder>(context, id);
}

}  // namespace platter::tree
