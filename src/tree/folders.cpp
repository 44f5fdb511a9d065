// src/tree/folders.cpp
//
// What all folders share, and the root.
#include <algorithm>

#include "folder.h"
#include "image_files.h"
#include "platter/base/error.h"
#include "platter/service/names.h"

namespace platter::tree {

namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(Errc::forbidden, what);
}

class RootFolder final : public Folder {
 public:
  using Folder::Folder;

  std::optional<NodeId> lookup(const Caller& caller,
                               std::string_view name) override {
    return child_named(list(caller), name);
  }

  std::vector<Child> list(const Caller&) override {
    const bool host = context_.options.host && id_ == kRoot;
    std::vector<Child> children{child("catalog", NodeKind::catalog),
                                child("images", NodeKind::images),
                                child("info", NodeKind::info)};
    if (host) {
      children.push_back(child("mine", NodeKind::mine, NodeType::link));
      children.push_back(child("projects", NodeKind::projects));
    }
    children.push_back(child("README", NodeKind::readme, NodeType::file));
    children.push_back(child("trash", NodeKind::trash));
    return children;
  }
};

}  // namespace

std::optional<NodeId> child_named(const std::vector<Child>& children,
                                  std::string_view name) {
  const auto found = std::ranges::find(children, name, &Child::name);
  return found == children.end() ? std::nullopt : std::optional(found->id);
}

Child Folder::child(const char* name, NodeKind kind, NodeType type) const {
  return {name, NodeId::of(kind, id_.project()), type};
}

NodeId Folder::make_folder(const Caller&, const std::string& name) {
  refuse("\"" + name +
         "\" cannot be made here; folders are made in images/, "
         "each is an image");
}

Folder::Created Folder::create(const Caller&, const std::string& name) {
  refuse("\"" + name +
         "\" cannot be made here; disk files go to images/, or into a folder "
         "of it");
}

NodeId Folder::make_link(const Caller&, const std::string& name,
                         const std::string&) {
  refuse("\"" + name +
         "\" cannot be made here; links are version pointers, in images/, to a "
         "name there");
}

void Folder::remove_file(const Caller&, const std::string& name) {
  refuse("\"" + name + "\" belongs to the mount and cannot be removed");
}

void Folder::remove_folder(const Caller&, const std::string& name) {
  refuse("\"" + name + "\" belongs to the mount and cannot be removed");
}

Folder::Created Folder::create_scratch(const Caller& caller,
                                       const std::string& project,
                                       const std::string& name) {
  context_.parts.access.check_add(caller, project);
  const service::DraftPtr draft = context_.parts.uploads.open_scratch(project);
  context_.scratches.add(
      {id_, name, draft, project, caller.uid, context_.parts.clock.now()});
  return {NodeId::of(NodeKind::scratch, draft->number()),
          draft_handle(context_, draft)};
}

bool Folder::remove_scratch(const Caller& caller, const std::string& project,
                            std::string_view name) {
  const auto scratch = context_.scratches.find(id_, name);
  if (!scratch) return false;
  context_.parts.access.check_add(caller, project);
  context_.parts.uploads.abort(scratch->draft->number());
  context_.scratches.remove(scratch->draft->number());
  return true;
}

std::optional<NodeId> Folder::lookup_scratch(std::string_view name) const {
  if (!service::is_scratch_name(name)) return std::nullopt;
  const auto scratch = context_.scratches.find(id_, name);
  if (!scratch) return std::nullopt;
  return NodeId::of(NodeKind::scratch, scratch->draft->number());
}

void Folder::list_scratches(std::vector<Child>& children) const {
  for (const auto& scratch : context_.scratches.in(id_)) {
    children.push_back({scratch.name,
                        NodeId::of(NodeKind::scratch, scratch.draft->number()),
                        NodeType::file});
  }
}

void ReadOnlyFolder::refuse() const {
  throw Error(Errc::read_only,
              what_ +
                  " is worked out by Platter; nothing in it is made or removed "
                  "by hand");
}

void check_list(Context& context, const Caller& caller, NodeId folder) {
  // The folders of images ask for themselves.
  if (!folder.is_of_tree() && !folder.has_project_and_number()) return;
  const std::string project = context.project_name(folder.project());
  if (is_for_admins(folder) && !context.parts.access.is_admin(caller)) {
    throw Error(Errc::denied, "info/operator/ is for administrators");
  }
  // Of the store's own project the root is for all.
  const NodeKind kind = folder.kind();
  const bool open = kind == NodeKind::root || kind == NodeKind::projects ||
                    kind == NodeKind::info;
  if (folder.project() == 0 && open) return;
  if (context.parts.access.role_in(caller, project) != access::Role::none) {
    return;
  }
  if (folder.project() == 0) context.parts.access.check_add(caller, project);
  throw Error(Errc::not_found, "there is no project " + project);
}

std::unique_ptr<Folder> folder_at(Context& context, NodeId id) {
  if (id.is_entry()) return entry_folder(context, id);
  switch (id.kind()) {
    case NodeKind::root:
      return std::make_unique<RootFolder>(context, id);
    case NodeKind::info:
    case NodeKind::info_folder:
      return info_folder(context, id);
    case NodeKind::schema:
      return schema_folder(context, id);
    case NodeKind::tasks:
      return tasks_folder(context, id);
    case NodeKind::trash:
      return trash_folder(context, id);
    case NodeKind::images:
      return images_folder(context, id);
    case NodeKind::folder:
      return image_folder(context, id);
    case NodeKind::projects:
      return projects_folder(context, id);
    case NodeKind::catalog:
      return catalog_folder(context, id);
    case NodeKind::public_:
    case NodeKind::community:
    case NodeKind::shared:
    case NodeKind::offered:
      return section_folder(context, id);
    case NodeKind::groups:
      return groups_folder(context, id);
    case NodeKind::by_id:
    case NodeKind::by_os:
    case NodeKind::by_tag:
    case NodeKind::group:
    case NodeKind::facet:
      return facet_folder(context, id);
    default:
      throw Error(Errc::invalid, "that is no folder");
  }
}

}  // namespace platter::tree
