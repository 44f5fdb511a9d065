// src/tree/projects_folder.cpp
//
// The folder of all projects but the store's own, which the root shows. Each is
// the root of a tree of its own. Which there are is the same for everybody;
// what is in them is guarded by their modes.
#include "folder.h"
#include "platter/base/error.h"

namespace platter::tree {

namespace {

class ProjectsFolder final : public Folder {
 public:
  using Folder::Folder;

  std::optional<NodeId> lookup(const Caller& caller,
                               std::string_view name) override {
    if (!context_.options.host) return std::nullopt;
    const auto project =
        context_.parts.projects.look_up(caller, std::string(name));
    if (!project || project->number == 0) return std::nullopt;
    return NodeId::of(NodeKind::root, project->number);
  }

  std::vector<Child> list(const Caller&) override {
    std::vector<Child> children;
    for (const auto& project : context_.parts.registry.all()) {
      if (project->number == 0) continue;
      children.push_back({project->name,
                          NodeId::of(NodeKind::root, project->number),
                          NodeType::folder});
    }
    return children;
  }

  NodeId make_folder(const Caller& caller, const std::string& name) override {
    const auto project = context_.parts.projects.create(caller, name);
    return NodeId::of(NodeKind::root, project->number);
  }

  void remove_folder(const Caller& caller, const std::string& name) override {
    const auto project = context_.parts.registry.find(name);
    if (!project || project->number == 0) {
      throw Error(Errc::not_found, "there is no project " + name);
    }
    context_.parts.projects.erase(caller, project->number);
    context_.parts.tasks.forget_project(name);
  }
};

}  // namespace

std::unique_ptr<Folder> projects_folder(Context& context, NodeId id) {
  return std::make_unique<ProjectsFolder>(context, id);
}

}  // namespace platter::tree
