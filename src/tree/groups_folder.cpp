// src/tree/groups_folder.cpp
//
// The media groups. Administrators make, rename and remove them in the store's
// own project; the others see those that are not hidden.
#include "folder.h"
#include "platter/base/error.h"

namespace platter::tree {

namespace {

class GroupsFolder final : public ReadOnlyFolder {
 public:
  GroupsFolder(Context& context, NodeId id)
      : ReadOnlyFolder(context, id, "catalog/groups/ of a project") {}

  std::optional<NodeId> lookup(const Caller&, std::string_view name) override {
    const auto group = context_.parts.media_groups.find(name);
    if (!group || !is_shown(*group)) return std::nullopt;
    return node(*group);
  }

  std::vector<Child> list(const Caller&) override {
    std::vector<Child> children;
    for (const auto& group : context_.parts.media_groups.all()) {
      if (!is_shown(group)) continue;
      children.push_back({group.name, node(group), NodeType::folder});
    }
    return children;
  }

  NodeId make_folder(const Caller& caller, const std::string& name) override {
    if (!is_own()) refuse();
    return node(context_.parts.projects.create_group(caller, name));
  }

  void remove_folder(const Caller& caller, const std::string& name) override {
    if (!is_own()) refuse();
    const auto group = context_.parts.media_groups.find(name);
    if (!group) throw Error(Errc::not_found, "there is no group " + name);
    context_.parts.projects.erase_group(caller, group->number);
  }

 private:
  // Of the store's own project.
  bool is_own() const { return id_.project() == 0; }
  bool is_shown(const image::MediaGroup& group) const {
    return is_own() || !group.hidden;
  }
  NodeId node(const image::MediaGroup& group) const {
    return NodeId::in_project(NodeKind::group, id_.project(), group.number);
  }
};

}  // namespace

std::unique_ptr<Folder> groups_folder(Context& context, NodeId id) {
  return std::make_unique<GroupsFolder>(context, id);
}

}  // namespace platter::tree
