// src/tree/paths.cpp
#include "paths.h"

#include "entries.h"
#include "image_files.h"
#include "info_files.h"
#include "platter/base/error.h"
#include "schema_folder.h"
#include "sections.h"
#include "shelf.h"
#include "usage_files.h"

namespace platter::tree {

using image::Record;
using image::RecordPtr;

namespace {

// From the root of the project's tree.
std::string path_in_tree(NodeKind kind) {
  switch (kind) {
    case NodeKind::readme:
      return "README";
    case NodeKind::images:
      return "images";
    case NodeKind::trash:
      return "trash";
    case NodeKind::info:
      return "info";
    case NodeKind::schema:
      return "info/schema";
    case NodeKind::tasks:
      return "info/tasks";
    case NodeKind::catalog:
      return "catalog";
    case NodeKind::public_:
    case NodeKind::community:
    case NodeKind::shared:
    case NodeKind::offered:
      return "catalog/" + name_of(section_of(kind));
    case NodeKind::groups:
      return "catalog/groups";
    case NodeKind::by_id:
      return "catalog/by-id";
    case NodeKind::by_os:
      return "catalog/by-os";
    case NodeKind::by_tag:
      return "catalog/by-tag";
    case NodeKind::projects:
      return "projects";
    case NodeKind::mine:
      return "mine";
    default:
      return "";
  }
}

std::string path_of_facet(Context& context, NodeId node) {
  if (node.kind() == NodeKind::group) {
    const auto group = context.parts.media_groups.find(node.inner());
    return "catalog/groups/" + (group ? group->name : "?");
  }
  const ShelfPtr shelf = shelf_of(context, node.project());
  const auto found = shelf->paths.find(node);
  return "catalog/by-" + (found == shelf->paths.end() ? "?" : found->second);
}

std::string path_of_entry(Context& context, NodeId node, const Record& record) {
  const Section section = section_of(node.kind());
  const std::string viewer = context.project_name(node.project());
  if (node.is_entry()) {
    return "catalog/" + name_of(section) + "/" +
           entry_name(context, section, record, viewer);
  }
  const std::string home = home_of(context, record, viewer).value_or("?");
  return node.kind() == NodeKind::entry_json
             ? home + "/" + std::string(kJsonName)
             : home;
}

std::string path_of_image(Context& context, NodeId node, const Record& record,
                          const std::string& viewer) {
  const bool trash = record.place == image::Place::trash;
  std::string path = viewer == record.project
                         ? (trash ? "trash/" : "images/") + record.name
                         : home_of(context, record, viewer).value_or("?");
  if (node.kind() != NodeKind::folder) {
    path += "/" + name_of_file(record, node);
  }
  return path;
}

RecordPtr record_at(const Context& context, NodeId node) {
  const auto& catalogue = context.parts.catalogue;
  if (node.is_of_image()) return catalogue.find(node.number());
  const bool of_image = node.has_project_and_number() &&
                        node.kind() >= NodeKind::entry_public &&
                        node.kind() <= NodeKind::link_in_group;
  return of_image ? catalogue.find(node.inner()) : nullptr;
}

std::string path_in_project(Context& context, NodeId node,
                            const RecordPtr& record,
                            const std::string& project) {
  if (const InfoFile* const file = info_file_of(node)) return path_of(*file);
  if (node.is_of_tree()) return path_in_tree(node.kind());
  switch (node.kind()) {
    case NodeKind::info_folder:
      return path_of(static_cast<InfoPlace>(node.inner()));
    case NodeKind::usage_month:
      return usage_month_path(node);
    case NodeKind::schema_file:
      return "info/schema/" + schema_file(context, node).file_name;
    case NodeKind::task:
      return "info/tasks/" + std::to_string(node.inner()) + ".json";
    case NodeKind::group:
    case NodeKind::facet:
      return path_of_facet(context, node);
    case NodeKind::scratch: {
      const auto scratch = context.scratches.find(node.number());
      if (!scratch) return "?";
      return path_in_project(context, scratch->folder,
                             record_at(context, scratch->folder), project) +
             "/" + scratch->name;
    }
    case NodeKind::pointer: {
      const auto pointer = context.parts.pointers.find(node.number());
      return pointer ? "images/" + pointer->name : "?";
    }
    default:
      break;
  }
  if (!record) return "?";
  return node.is_of_image() ? path_of_image(context, node, *record, project)
                            : path_of_entry(context, node, *record);
}

}  // namespace

Place place_of(Context& context, const Caller& caller, NodeId node) {
  Place place{context.options.project, "?", "", ""};
  try {
    const RecordPtr record = record_at(context, node);
    place.project = context.project_of(caller, node);
    place.path = path_in_project(context, node, record, place.project);
    if (record) {
      place.image = record->name;
      place.id = to_text(record->id);
    }
    if (place.project != context.options.project && context.options.host) {
      place.path = "projects/" + place.project +
                   (place.path.empty() ? "" : "/") + place.path;
    }
  } catch (const Error&) {
    // Gone meanwhile; the sentence that is complained of still says what.
  }
  return place;
}

}  // namespace platter::tree
