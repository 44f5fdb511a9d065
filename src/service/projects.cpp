// src/service/projects.cpp
#include "platter/service/projects.h"

#include <fmt/core.h>

#include "events.h"
#include "platter/base/amounts.h"
#include "platter/base/error.h"
#include "platter/base/log.h"

namespace platter::service {

using access::Caller;
using image::Limit;
using image::Place;
using image::Project;
using image::ProjectNumber;
using image::ProjectPtr;
using image::Record;
using image::RecordPtr;
using Text = std::optional<std::string>;

namespace {

constexpr std::string_view kQuota = "quota.";
constexpr std::string_view kUsage = "usage.";

Event event_of(const Caller& caller, const std::string& act,
               const std::string& project, Details details = {}) {
  Event event;
  event.caller = caller;
  event.act = act;
  event.project = project;
  event.details = std::move(details);
  return event;
}

std::map<std::string, std::uint64_t> figures(const ProjectUsage& usage) {
  return {{"images", usage.images},
          {"bytes", usage.bytes + usage.trash_bytes + usage.in_flight},
          {"uploads", usage.uploads},
          {"trash_images", usage.trash_images},
          {"trash_bytes", usage.trash_bytes}};
}

[[noreturn]] void refuse_limit(Limit limit, const std::string& value) {
  throw Error(
      Errc::invalid,
      fmt::format("quota.{} is {}, unlimited or default; \"{}\" is not",
                  name_of(limit),
                  is_of_bytes(limit) ? "a size, as 10GiB" : "a number", value));
}

}  // namespace

ProjectPtr Projects::look_up(const Caller& caller, const std::string& name) {
  if (auto project = parts_.projects.find(name)) return project;
  if (!parts_.access.may_come_into_being(caller, name)) return nullptr;
  try {
    auto project = parts_.projects.create(name, "");
    parts_.audit.add(event_of(caller, "project-add", name));
    log::info("project made", {{"project", name}, {"uid", caller.uid}});
    return project;
  } catch (const Error& problem) {
    // Somebody else looked for it at the same time.
    if (problem.code() != Errc::exists) throw;
    return parts_.projects.find(name);
  }
}

ProjectPtr Projects::create(const Caller& caller, const std::string& name,
                            const std::string& group) {
  parts_.access.check_admin(caller, "making a project");
  if (!group.empty() && !access::group_id(group)) {
    throw Error(Errc::invalid, "this host has no group \"" + group + "\"");
  }
  auto project = parts_.projects.create(name, group);
  parts_.audit.add(event_of(caller, "project-add", name));
  log::info("project made", {{"project", name}, {"uid", caller.uid}});
  return project;
}

ProjectPtr Projects::found(ProjectNumber number) const {
  auto project = parts_.projects.find(number);
  if (!project) throw Error(Errc::not_found, "the project is gone");
  return project;
}

void Projects::erase(const Caller& caller, ProjectNumber number) {
  parts_.access.check_admin(caller, "removing a project");
  const ProjectPtr project = found(number);
  const ProjectUsage left = parts_.quotas.usage(project->name);
  if (left.images + left.trash_images + left.uploads > 0) {
    throw Error(Errc::not_empty,
                fmt::format("project {} still has {} images, {} in its trash "
                            "and {} uploads; remove or give away those first",
                            project->name, left.images, left.trash_images,
                            left.uploads));
  }
  // Who gets the name later must not find what was meant for others.
  std::vector<image::Number> shared;
  parts_.catalogue.list_all([&](const RecordPtr& record) {
    if (record->members.count(project->name) > 0) {
      shared.push_back(record->number);
    }
    return true;
  });
  for (const image::Number image : shared) {
    parts_.catalogue.update(
        image, [&](Record& record) { record.members.erase(project->name); });
  }
  for (const auto& pointer : parts_.pointers.list(project->name)) {
    parts_.pointers.erase(pointer->number);
  }
  parts_.projects.erase(number);
  parts_.audit.add(event_of(caller, "project-remove", project->name));
  log::info("project removed",
            {{"project", project->name}, {"uid", caller.uid}});
}

Text Projects::property(ProjectNumber number, std::string_view name) const {
  const ProjectPtr project = found(number);
  if (name == "group") {
    const auto group = parts_.access.group_of(project->name);
    if (group)
      return access::group_name(*group).value_or(std::to_string(*group));
    return project->group.empty() ? Text() : Text(project->group);
  }
  if (name.starts_with(kQuota)) {
    const auto limit = image::limit_of(name.substr(kQuota.size()));
    if (!limit) return std::nullopt;
    const auto most = parts_.quotas.limit(project->name, *limit);
    return most ? std::to_string(*most) : "unlimited";
  }
  if (!name.starts_with(kUsage)) return std::nullopt;
  const auto all = figures(parts_.quotas.usage(project->name));
  const auto figure = all.find(std::string(name.substr(kUsage.size())));
  return figure == all.end() ? Text() : std::to_string(figure->second);
}

std::vector<std::string> Projects::property_names(ProjectNumber number) const {
  std::vector<std::string> names;
  if (property(number, "group")) names.emplace_back("group");
  for (const Limit limit : image::kLimits) {
    names.push_back(std::string(kQuota) + std::string(name_of(limit)));
  }
  for (const auto& [name, unused] : figures({})) {
    names.push_back(std::string(kUsage) + name);
  }
  return names;
}

void Projects::set_property(const Caller& caller, ProjectNumber number,
                            const std::string& name, const Text& value) {
  // What is there already is fine, as when attributes are restored.
  if (value && property(number, name) == value) return;
  parts_.access.check_admin(caller, "setting " + name + " of a project");
  if (name == "group") return set_group(caller, number, value.value_or(""));
  if (name.starts_with(kUsage)) {
    throw Error(Errc::forbidden,
                name + " is worked out by Platter and cannot be set");
  }
  const auto limit = name.starts_with(kQuota)
                         ? image::limit_of(name.substr(kQuota.size()))
                         : std::nullopt;
  if (limit)
    return set_limit(caller, number, *limit, value.value_or("default"));
  throw Error(Errc::invalid,
              "a project has the attributes group and quota.images, .bytes, "
              ".uploads, .image_size, .properties and .members; \"" +
                  name + "\" is none of them");
}

void Projects::set_group(const Caller& caller, ProjectNumber number,
                         const std::string& group) {
  if (!group.empty() && !access::group_id(group)) {
    throw Error(Errc::invalid, "this host has no group \"" + group + "\"");
  }
  const ProjectPtr project = parts_.projects.update(
      number, [&](Project& changed) { changed.group = group; });
  parts_.audit.add(event_of(caller, "set", project->name,
                            {{"name", "group"}, {"value", group}}));
}

void Projects::set_limit(const Caller& caller, ProjectNumber number,
                         Limit limit, const std::string& value) {
  const bool own = value != "default";
  const auto most = own ? parse_limit(limit, value) : 0;
  if (!most) refuse_limit(limit, value);
  const ProjectPtr project =
      parts_.projects.update(number, [&](Project& changed) {
        changed.quota.erase(limit);
        if (own) changed.quota[limit] = *most;
      });
  parts_.audit.add(
      event_of(caller, "quota", project->name,
               {{"name", std::string(name_of(limit))}, {"value", value}}));
}

}  // namespace platter::service
