// src/tree/attributes.cpp
//
// What stat shows of each node but those of an image. It never depends on who
// asks: the kernel keeps it for all.
#include "attributes.h"

#include <algorithm>

#include "entries.h"
#include "folder.h"
#include "image_files.h"
#include "info_files.h"
#include "links.h"
#include "platter/base/error.h"
#include "readme.h"
#include "schema_folder.h"
#include "sections.h"
#include "shelf.h"
#include "task_files.h"
#include "usage_files.h"

namespace platter::tree {

using image::RecordPtr;

namespace {

constexpr unsigned kOpenFolder = 0755;
constexpr unsigned kCatalogFolder = 02755;
// The tree of a project is closed to others at its root, but for the store's
// own, which is closed below.
constexpr unsigned kClosedFolder = 02750;
// info/operator/
constexpr unsigned kAdminsFolder = 0700;
constexpr unsigned kReadOnlyFile = 0444;
// Setting its status tries it again.
constexpr unsigned kTaskFile = 0660;
constexpr unsigned kLink = 0777;

bool is_own(NodeId id) { return id.project() == 0; }

unsigned folder_mode(NodeId id) {
  switch (id.kind()) {
    case NodeKind::root:
    case NodeKind::info:
    case NodeKind::schema:
      return is_own(id) ? kOpenFolder : kClosedFolder;
    case NodeKind::projects:
      return kOpenFolder;
    case NodeKind::catalog:
      return is_own(id) ? kClosedFolder : kCatalogFolder;
    // Moving an entry between these two changes both, for the kernel.
    case NodeKind::shared:
    case NodeKind::offered:
    case NodeKind::entry_shared:
    case NodeKind::entry_offered:
    case NodeKind::images:
    case NodeKind::trash:
    case NodeKind::tasks:
      return kMembersFolder;
    case NodeKind::info_folder:
      return is_for_admins(id) ? kAdminsFolder : kClosedFolder;
    default:
      return kCatalogFolder;
  }
}

bool is_of_catalog(NodeId id) {
  return id.kind() >= NodeKind::catalog && id.kind() != NodeKind::projects &&
         id.kind() != NodeKind::mine;
}

bool is_plain_folder(NodeKind kind) {
  constexpr NodeKind kKinds[] = {
      NodeKind::root,   NodeKind::images,    NodeKind::trash,
      NodeKind::info,   NodeKind::catalog,   NodeKind::public_,
      NodeKind::shared, NodeKind::community, NodeKind::offered,
      NodeKind::by_id,  NodeKind::by_os,     NodeKind::by_tag,
      NodeKind::schema, NodeKind::tasks};
  return std::ranges::find(kKinds, kind) != std::end(kKinds);
}

Attributes folder(const Context& context, NodeId id) {
  Attributes attributes = blank(context, context.project_name(id.project()), id,
                                NodeType::folder, folder_mode(id));
  attributes.modified = context.times.of(id.project(), is_of_catalog(id));
  attributes.changed = attributes.modified;
  attributes.lifetime = kShort;
  attributes.name_lifetime = kLong;
  // Its limits are attributes that administrators set.
  if (id.kind() == NodeKind::root) attributes.admin_permissions = 07;
  return attributes;
}

// Administrators who are not root make folders here, too.
Attributes folder_for_admins(const Context& context, NodeId id) {
  Attributes attributes = folder(context, id);
  const auto& group = context.parts.access.policy().admin_group;
  if (group && is_own(id)) {
    attributes.gid = *group;
    attributes.permissions = 0775;
  }
  return attributes;
}

Attributes projects_node(const Context& context, NodeId id) {
  if (!context.options.host) throw Error(Errc::not_found, "it is gone");
  Attributes attributes = folder_for_admins(context, id);
  attributes.modified =
      std::max(attributes.modified, context.parts.registry.changed_at());
  attributes.changed = attributes.modified;
  return attributes;
}

// A folder of links: which there are is worked out each time.
Attributes facet(Context& context, NodeId id) {
  if (id.kind() == NodeKind::facet) {
    const ShelfPtr shelf = shelf_of(context, id.project());
    if (shelf->paths.count(id) == 0) {
      throw Error(Errc::not_found, "the folder is gone");
    }
  } else if (!context.parts.media_groups.find(id.inner())) {
    throw Error(Errc::not_found, "the group is gone");
  }
  Attributes attributes = folder(context, id);
  attributes.name_lifetime = {};
  return attributes;
}

Attributes entry(const Context& context, NodeId id) {
  const RecordPtr record = record_of_entry(context, id);
  Attributes attributes = folder(context, id);
  attributes.modified = record->updated_at;
  attributes.changed = record->updated_at;
  // Accepted, it is moved with the kernel's node of it, and becomes another.
  if (id.kind() == NodeKind::entry_offered) attributes.name_lifetime = {};
  return attributes;
}

Attributes entry_json(const Context& context, const Caller& caller, NodeId id) {
  const RecordPtr record = record_of_entry(context, id);
  const std::string text =
      json_of(*context.parts.images.readable(caller, record),
              context.project_name(id.project()));
  return text_file(context, id, text.size(), record->updated_at, kReadOnlyFile);
}

Attributes info_file(const Context& context, NodeId id) {
  if (id.kind() == NodeKind::readme) {
    return text_file(context, id, kReadme.size(), {1}, kReadOnlyFile);
  }
  if (id.kind() == NodeKind::schema_file) {
    return text_file(context, id, schema_file(context, id).text.size(), {1},
                     kReadOnlyFile);
  }
  const InfoFile* const file = info_file_of(id);
  if (!file) throw Error(Errc::not_found, "there is no such file");
  return attributes_of(context, *file, id);
}

Attributes info_subfolder(const Context& context, NodeId id) {
  if (is_for_admins(id) && !is_own(id)) {
    throw Error(Errc::not_found, "there is no such folder");
  }
  Attributes attributes = folder(context, id);
  if (is_for_admins(id)) give_to_admins(context, attributes);
  return attributes;
}

Attributes task_file(const Context& context, NodeId id) {
  const task::Task task = task_at(context, id);
  Attributes attributes = text_file(
      context, id, task_json(context, task).size(),
      task.is_over() ? task.ended_at : context.parts.clock.now(), kTaskFile);
  attributes.uid = task.uid;
  return attributes;
}

// What they mean is worked out each time, so nothing is remembered.
Attributes link(Context& context, NodeId id) {
  Attributes attributes = blank(context, context.project_name(id.project()), id,
                                NodeType::link, kLink);
  // Of `mine` it depends on who reads it.
  if (id.kind() != NodeKind::mine) {
    attributes.size = target_of(context, id).size();
  }
  attributes.modified = context.times.of(id.project(), true);
  attributes.changed = attributes.modified;
  return attributes;
}

Attributes pointer(const Context& context, NodeId id) {
  const auto pointer = context.parts.pointers.find(id.number());
  if (!pointer) throw Error(Errc::not_found, "the link is gone");
  Attributes attributes =
      blank(context, pointer->project, id, NodeType::link, kLink);
  if (pointer->uid != 0) attributes.uid = pointer->uid;
  attributes.size = pointer->target.size();
  attributes.modified = pointer->created_at;
  attributes.changed = pointer->created_at;
  attributes.lifetime = kLong;
  attributes.name_lifetime = kLong;
  return attributes;
}

}  // namespace

Attributes blank(const Context& context, const std::string& project, NodeId id,
                 NodeType type, unsigned permissions) {
  Attributes attributes;
  attributes.id = id;
  attributes.type = type;
  attributes.permissions = permissions;
  attributes.admin_permissions = permissions >> 3 & 7;
  attributes.links = type == NodeType::folder ? 2 : 1;
  attributes.uid = context.options.uid;
  attributes.gid = context.group_of(project);
  return attributes;
}

Attributes text_file(const Context& context, NodeId id, std::uint64_t size,
                     Timestamp modified, unsigned permissions) {
  Attributes attributes = blank(context, context.project_name(id.project()), id,
                                NodeType::file, permissions);
  attributes.size = size;
  // Less than its size, and tools would look for holes.
  attributes.allocated = (size + kPageSize - 1) / kPageSize * kPageSize;
  attributes.modified = modified;
  attributes.changed = modified;
  return attributes;
}

void give_to_admins(const Context& context, Attributes& attributes) {
  attributes.admin_permissions = attributes.permissions >> 6 & 05;
  const auto& group = context.parts.access.policy().admin_group;
  if (!group) return;
  attributes.gid = *group;
  attributes.permissions |= attributes.admin_permissions << 3;
}

Attributes Tree::attributes(const Caller& caller, NodeId node) {
  if (node.is_of_image()) return image_attributes(*context_, caller, node);
  if (node.is_entry()) return entry(*context_, node);
  if (is_plain_folder(node.kind())) return folder(*context_, node);
  switch (node.kind()) {
    case NodeKind::groups:
      return folder_for_admins(*context_, node);
    case NodeKind::projects:
      return projects_node(*context_, node);
    case NodeKind::readme:
    case NodeKind::schema_file:
    case NodeKind::errors:
    case NodeKind::usage_csv:
    case NodeKind::events:
    case NodeKind::info_file:
      return info_file(*context_, node);
    case NodeKind::info_folder:
      return info_subfolder(*context_, node);
    case NodeKind::usage_month:
      return usage_month_attributes(*context_, node);
    case NodeKind::task:
      return task_file(*context_, node);
    case NodeKind::entry_json:
      return entry_json(*context_, caller, node);
    case NodeKind::group:
    case NodeKind::facet:
      return facet(*context_, node);
    case NodeKind::mine:
    case NodeKind::latest:
    case NodeKind::link_by_id:
    case NodeKind::link_by_os:
    case NodeKind::link_by_tag:
    case NodeKind::link_in_group:
      return link(*context_, node);
    case NodeKind::pointer:
      return pointer(*context_, node);
    case NodeKind::scratch:
      return scratch_attributes(*context_, node);
    default:
      throw Error(Errc::not_found, "there is no such node");
  }
}

}  // namespace platter::tree
