// src/tree/links.cpp
#include "links.h"

#include "platter/base/error.h"
#include "sections.h"
#include "shelf.h"

namespace platter::tree {

namespace {

// How many folders below a project's root the links of a kind are.
int depth_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::link_by_id:
      return 2;  // catalog/by-id
    case NodeKind::link_by_os:
      return 4;  // catalog/by-os/debian/12
    default:
      return 3;  // catalog/by-tag/web, catalog/groups/Linux
  }
}

std::string to_image(const Context& context, NodeId link) {
  const auto record = context.parts.catalogue.find(link.inner());
  const auto home =
      record ? home_of(context, *record, context.project_name(link.project()))
             : std::nullopt;
  if (!home) throw Error(Errc::not_found, "the image is gone");
  return link_to(*home, depth_of(link.kind()));
}

}  // namespace

std::string target_of(Context& context, NodeId link) {
  switch (link.kind()) {
    case NodeKind::pointer: {
      const auto pointer = context.parts.pointers.find(link.number());
      if (!pointer) throw Error(Errc::not_found, "the link is gone");
      return pointer->target;
    }
    case NodeKind::latest: {
      const ShelfPtr shelf = shelf_of(context, link.project());
      const auto found = shelf->targets.find(link);
      if (found == shelf->targets.end()) {
        throw Error(Errc::not_found, "the link is gone");
      }
      return found->second;
    }
    case NodeKind::link_by_id:
    case NodeKind::link_by_os:
    case NodeKind::link_by_tag:
    case NodeKind::link_in_group:
      return to_image(context, link);
    default:
      throw Error(Errc::invalid, "that is no link");
  }
}

std::string mine_of(Context& context, const Caller& caller) {
  if (const auto project = context.parts.access.project_of(caller)) {
    return *project == context.options.project ? "." : "projects/" + *project;
  }
  return "projects";
}

}  // namespace platter::tree
