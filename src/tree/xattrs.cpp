// src/tree/xattrs.cpp
//
// Extended attributes: of an image, of its entry in a catalogue, of a project,
// of a media group.
#include "entries.h"
#include "platter/base/error.h"
#include "platter/service/properties.h"
#include "task_files.h"

namespace platter::tree {

using image::RecordPtr;

namespace {

constexpr std::string_view kUser = "user.";
constexpr std::string_view kHidden = "os_hidden";

using Value = std::optional<std::string>;

// The property that an attribute's name means. Throws Errc::unsupported for
// the namespaces of others.
std::string property_of(std::string_view name) {
  if (name.starts_with(kUser)) return std::string(name.substr(kUser.size()));
  throw Error(Errc::unsupported,
              "Platter keeps attributes whose names begin with \"user.\"; \"" +
                  std::string(name) + "\" does not" +
                  (name.starts_with("system.posix_acl")
                       ? " (to share an image, use user.member.<project>)"
                       : ""));
}

// An image as a caller meets it: as one of its owner's members, or through the
// catalogue of a project, which sees less of it.
struct Met {
  RecordPtr record;
  std::string via;  // empty: its owner

  bool shows(const Context& context, const Caller& caller,
             std::string_view property) const {
    return context.parts.images.may_read(caller, property) &&
           (via.empty() || service::is_shown_to(via, property));
  }
};

// REQUIRES: has_image(node).
Met met_at(const Context& context, const Caller& caller, NodeId node) {
  if (!node.is_of_image()) {
    return {record_of_entry(context, caller, node),
            context.project_name(node.project())};
  }
  RecordPtr record = context.parts.catalogue.find(node.number());
  const auto way = record ? context.way_to(caller, *record) : std::nullopt;
  if (!way) throw Error(Errc::not_found, "the image is gone");
  return {std::move(record), *way};
}

bool has_image(NodeId node) {
  return node.is_of_image() || node.is_entry() ||
         node.kind() == NodeKind::entry_json;
}

void check_project(const Context& context, const Caller& caller, NodeId node) {
  const std::string project = context.project_name(node.project());
  if (node.project() != 0 &&
      context.parts.access.role_in(caller, project) == access::Role::none) {
    throw Error(Errc::not_found, "there is no project " + project);
  }
}

image::MediaGroup group_at(const Context& context, NodeId node) {
  const auto group = context.parts.media_groups.find(node.inner());
  if (!group) throw Error(Errc::not_found, "the group is gone");
  return *group;
}

Value value_at(const Context& context, const Caller& caller, NodeId node,
               const std::string& property) {
  if (has_image(node)) {
    const Met met = met_at(context, caller, node);
    if (service::is_of_tasks(property)) {
      return met.via.empty() ? task_property(context, *met.record, property)
                             : std::nullopt;
    }
    if (!met.shows(context, caller, property)) return std::nullopt;
    return service::property(*met.record, property);
  }
  if (node.kind() == NodeKind::root) {
    check_project(context, caller, node);
    return context.parts.projects.property(node.project(), property);
  }
  if (node.kind() == NodeKind::task) {
    check_sees_tasks(context, caller, node);
    return property_of_task(context, task_at(context, node), property);
  }
  if (node.kind() == NodeKind::group && property == kHidden) {
    return group_at(context, node).hidden ? "true" : "false";
  }
  return std::nullopt;
}

std::vector<std::string> names_at(const Context& context, const Caller& caller,
                                  NodeId node) {
  if (node.kind() == NodeKind::folder || node.is_entry()) {
    const Met met = met_at(context, caller, node);
    auto names = service::property_names(*met.record);
    std::erase_if(names, [&](const std::string& name) {
      return !met.shows(context, caller, name);
    });
    return names;
  }
  if (node.kind() == NodeKind::root && context.options.host) {
    check_project(context, caller, node);
    return context.parts.projects.property_names(node.project());
  }
  if (node.kind() == NodeKind::group) return {std::string(kHidden)};
  return {};
}

bool boolean_of(const Value& value) {
  if (!value || *value == "false" || *value == "0" || *value == "no") {
    return false;
  }
  if (*value == "true" || *value == "1" || *value == "yes") return true;
  throw Error(Errc::invalid,
              "os_hidden is true or false; \"" + *value + "\" is neither");
}

void change_group(Context& context, const Caller& caller, NodeId node,
                  const std::string& property, const Value& value) {
  if (node.project() != 0) {
    throw Error(Errc::read_only, "catalog/groups/ of a project is worked out");
  }
  if (property != kHidden) {
    throw Error(Errc::forbidden,
                "a media group has os_hidden and nothing else");
  }
  context.parts.projects.hide_group(caller, group_at(context, node).number,
                                    boolean_of(value));
}

// No value: as it was at first.
void change_at(Context& context, const Caller& caller, NodeId node,
               const std::string& property, const Value& value) {
  auto& images = context.parts.images;
  if (has_image(node)) {
    const Met met = met_at(context, caller, node);
    const image::Number number = met.record->number;
    if (service::is_of_tasks(property)) {
      return set_task_property(context, caller, *met.record, property, value);
    }
    if (met.via.empty()) {
      return images.set_properties(caller, number, {{property, value}});
    }
    return images.set_properties_via(caller, number, met.via,
                                     {{property, value}});
  }
  switch (node.kind()) {
    case NodeKind::root:
      return context.parts.projects.set_property(caller, node.project(),
                                                 property, value);
    case NodeKind::task:
      check_sees_tasks(context, caller, node);
      return change_task(context, task_at(context, node), property, value);
    case NodeKind::group:
      return change_group(context, caller, node, property, value);
    // A scratch file's attributes have nowhere to go; tools that copy them
    // along must not fail for it.
    case NodeKind::scratch:
      return;
    default:
      throw Error(value ? Errc::forbidden : Errc::no_data,
                  "only images, projects and media groups have properties");
  }
}

}  // namespace

std::string Tree::get_attribute(const Caller& caller, NodeId node,
                                std::string_view name) {
  if (name.starts_with(kUser)) {
    if (auto value = value_at(*context_, caller, node, property_of(name))) {
      return *value;
    }
  }
  throw Error(Errc::no_data, std::string(name) + " is not set");
}

std::vector<std::string> Tree::attribute_names(const Caller& caller,
                                               NodeId node) {
  std::vector<std::string> names = names_at(*context_, caller, node);
  for (std::string& name : names) name.insert(0, kUser);
  return names;
}

void Tree::set_attribute(const Caller& caller, NodeId node,
                         std::string_view name, std::string_view value) {
  change_at(*context_, caller, node, property_of(name), std::string(value));
}

void Tree::remove_attribute(const Caller& caller, NodeId node,
                            std::string_view name) {
  change_at(*context_, caller, node, property_of(name), std::nullopt);
}

}  // namespace platter::tree
