// src/tree/context.cpp
#include "context.h"

#include "platter/base/error.h"

namespace platter::tree {

using access::Role;
using image::ProjectNumber;
using image::Record;
using image::RecordPtr;

RecordPtr Context::image(const Caller& caller, image::Number number) const {
  RecordPtr record = parts.catalogue.find(number);
  if (!record) throw Error(Errc::not_found, "the image is gone");
  parts.access.check(caller, *record, access::Act::see);
  return record;
}

RecordPtr Context::looked_up(const Caller& caller, image::Number number) const {
  RecordPtr record = parts.catalogue.find(number);
  if (!record || (!options.host && !way_to(caller, *record))) {
    throw Error(Errc::not_found, "the image is gone");
  }
  return record;
}

std::string Context::project_name(ProjectNumber number) const {
  if (number == 0) return options.project;
  const auto project = options.host ? parts.registry.find(number) : nullptr;
  if (!project) throw Error(Errc::not_found, "the project is gone");
  return project->name;
}

ProjectNumber Context::project_number(const std::string& name) const {
  if (name == options.project) return 0;
  const auto project = parts.registry.find(name);
  if (!project) throw Error(Errc::not_found, "there is no project " + name);
  return project->number;
}

std::optional<std::string> Context::way_to(const Caller& caller,
                                           const Record& record) const {
  const auto& access = parts.access;
  if (access.role_in(caller, record.project) != Role::none) return "";
  if (record.visibility == image::Visibility::public_ ||
      record.visibility == image::Visibility::community) {
    return access.project_of(caller);
  }
  for (const auto& [project, state] : record.members) {
    if (access::sight_of(record, project) == access::Sight::whole &&
        access.role_in(caller, project) != Role::none) {
      return project;
    }
  }
  return std::nullopt;
}

std::string Context::project_of(const Caller& caller, NodeId node) const {
  if (node.is_of_tree() || node.has_project_and_number()) {
    return project_name(node.project());
  }
  if (node.kind() == NodeKind::scratch) {
    const auto scratch = scratches.find(node.number());
    if (!scratch) throw Error(Errc::not_found, "the file is gone");
    return scratch->project;
  }
  if (node.kind() == NodeKind::pointer) {
    const auto pointer = parts.pointers.find(node.number());
    if (!pointer) throw Error(Errc::not_found, "the link is gone");
    return pointer->project;
  }
  const RecordPtr record = parts.catalogue.find(node.number());
  if (!record) throw Error(Errc::not_found, "the image is gone");
  const auto way = way_to(caller, *record);
  return way && !way->empty() ? *way : record->project;
}

gid_t Context::group_of(const std::string& project) const {
  if (project == options.project) return options.gid;
  // Without a group of its own a project is for administrators only.
  return parts.access.group_of(project).value_or(0);
}

NodeId Context::folder_of(const Record& record) const {
  const bool trash = record.place == image::Place::trash;
  return NodeId::of(trash ? NodeKind::trash : NodeKind::images,
                    project_number(record.project));
}

}  // namespace platter::tree
