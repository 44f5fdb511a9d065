// src/tree/info_files.cpp: the table, and what holds for all of its rows.
#include "info_files.h"

#include <fmt/core.h>

#include <algorithm>

#include "attributes.h"
#include "catalog_page.h"
#include "platter/base/error.h"
#include "platter/json/json.h"
#include "usage_files.h"

namespace platter::tree {

namespace {

constexpr unsigned kPermissions[] = {0444, 0440, 0400};  // by Audience

std::string errors_text(const Context& context, const std::string& project) {
  std::string text;
  for (const auto& complaint : context.parts.journal.all(project)) {
    text += to_text(complaint) + "\n";
  }
  return text;
}

Timestamp errors_changed_at(const Context& context,
                            const std::string& project) {
  return context.parts.journal.changed_at(project);
}

std::string events_text(const Context& context, const std::string& project) {
  return context.parts.audit.text(project);
}

std::uint64_t events_size(const Context& context, const std::string& project) {
  return context.parts.audit.size(project);
}

Timestamp events_changed_at(const Context& context,
                            const std::string& project) {
  return context.parts.audit.changed_at(project);
}

// What the project has and may have, as a table of one row.
std::string quota_csv(const Context& context, const std::string& project) {
  const auto& quotas = context.parts.quotas;
  const auto limit = [&](image::Limit which) {
    const auto most = quotas.limit(project, which);
    return most ? std::to_string(*most) : "unlimited";
  };
  const service::ProjectUsage usage = quotas.usage(project);
  return fmt::format(
      "project,images,images_limit,bytes,bytes_limit,trash_images,trash_bytes,"
      "uploads,uploading_bytes\n{},{},{},{},{},{},{},{},{}\n",
      project, usage.images, limit(image::Limit::images), usage.bytes,
      limit(image::Limit::bytes), usage.trash_images, usage.trash_bytes,
      usage.uploads, usage.in_flight);
}

std::string health_json(const Context& context, const std::string&) {
  const auto findings = context.parts.health.examine();
  json::Json checks = json::Json::array();
  for (const auto& [check, verdict] : findings) {
    checks.push_back({{"name", check},
                      {"status", name_of(verdict.state)},
                      {"message", verdict.message}});
  }
  return json::pretty(
      {{"status", name_of(worst(findings))}, {"checks", std::move(checks)}});
}

std::string metrics_text(const Context& context, const std::string&) {
  return context.parts.figures.text();
}

constexpr InfoFile kFiles[] = {
    {.name = "catalog.html",
     .kind = NodeKind::info_file,
     .number = 10,
     .place = InfoPlace::info,
     .audience = Audience::members,
     .everywhere = true,
     .text = project_catalog,
     .stamp = catalog_stamp},
    {.name = "catalog.html",
     .kind = NodeKind::info_file,
     .number = 11,
     .place = InfoPlace::operator_,
     .audience = Audience::admins,
     .everywhere = false,
     .text = store_catalog,
     .stamp = catalog_stamp},
    {.name = "errors",
     .kind = NodeKind::errors,
     .number = 0,
     .place = InfoPlace::info,
     .audience = Audience::everybody,
     .everywhere = true,
     .text = errors_text,
     .changed_at = errors_changed_at},
    {.name = "events.jsonl",
     .kind = NodeKind::events,
     .number = 0,
     .place = InfoPlace::info,
     .audience = Audience::members,
     .everywhere = true,
     .text = events_text,
     .size = events_size,
     .changed_at = events_changed_at},
    {.name = "health",
     .kind = NodeKind::info_file,
     .number = 8,
     .place = InfoPlace::info,
     .audience = Audience::everybody,
     .everywhere = false,
     .text = health_json},
    {.name = "metrics",
     .kind = NodeKind::info_file,
     .number = 9,
     .place = InfoPlace::info,
     .audience = Audience::admins,
     .everywhere = false,
     .text = metrics_text},
    {.name = "quota.csv",
     .kind = NodeKind::info_file,
     .number = 1,
     .place = InfoPlace::info,
     .audience = Audience::members,
     .everywhere = true,
     .text = quota_csv},
    {.name = "usage.csv",
     .kind = NodeKind::usage_csv,
     .number = 2,
     .place = InfoPlace::info,
     .audience = Audience::members,
     .everywhere = true,
     .text = usage_csv,
     .stamp = usage_stamp},
    {.name = "usage.json",
     .kind = NodeKind::info_file,
     .number = 3,
     .place = InfoPlace::info,
     .audience = Audience::members,
     .everywhere = true,
     .text = usage_json,
     .stamp = usage_stamp},
    {.name = "usage.csv",
     .kind = NodeKind::info_file,
     .number = 4,
     .place = InfoPlace::operator_,
     .audience = Audience::admins,
     .everywhere = false,
     .text = all_usage_csv,
     .stamp = usage_stamp},
    {.name = "usage.json",
     .kind = NodeKind::info_file,
     .number = 5,
     .place = InfoPlace::operator_,
     .audience = Audience::admins,
     .everywhere = false,
     .text = all_usage_json,
     .stamp = usage_stamp},
};

std::uint64_t size_of(const Context& context, const InfoFile& file,
                      const std::string& project) {
  return file.size ? file.size(context, project)
                   : text_of(context, file, project)->size();
}

Timestamp changed_at(const Context& context, const InfoFile& file,
                     const std::string& project) {
  return file.changed_at ? file.changed_at(context, project)
                         : context.parts.clock.now();
}

}  // namespace

std::span<const InfoFile> info_files() noexcept { return kFiles; }

NodeId InfoFile::id_in(image::ProjectNumber project) const noexcept {
  return kind == NodeKind::info_file ? NodeId::in_project(kind, project, number)
                                     : NodeId::of(kind, project);
}

const InfoFile* info_file_of(NodeId node) noexcept {
  const auto found = std::ranges::find_if(kFiles, [&](const InfoFile& file) {
    return node.kind() == file.kind && file.id_in(node.project()) == node;
  });
  return found == std::end(kFiles) ? nullptr : found;
}

std::string path_of(InfoPlace place) {
  switch (place) {
    case InfoPlace::operator_:
      return "info/operator";
    case InfoPlace::usage:
      return "info/usage";
    case InfoPlace::operator_usage:
      return "info/operator/usage";
    default:
      return "info";
  }
}

std::string path_of(const InfoFile& file) {
  return path_of(file.place) + "/" + file.name;
}

std::shared_ptr<const std::string> text_of(const Context& context,
                                           const InfoFile& file,
                                           const std::string& project) {
  const auto make = [&] { return file.text(context, project); };
  return file.stamp ? context.info_texts.get(file.number, project,
                                             file.stamp(context, project), make)
                    : std::make_shared<const std::string>(make());
}

Attributes attributes_of(const Context& context, const InfoFile& file,
                         NodeId node) {
  const std::string project = context.project_name(node.project());
  if (!file.everywhere && node.project() != 0) {
    throw Error(Errc::not_found, "there is no such file");
  }
  Attributes attributes =
      text_file(context, node, size_of(context, file, project),
                changed_at(context, file, project),
                kPermissions[static_cast<std::size_t>(file.audience)]);
  attributes.admin_permissions = 04;
  if (file.audience == Audience::admins) give_to_admins(context, attributes);
  return attributes;
}

void check_audience(const Context& context, const Caller& caller,
                    const InfoFile& file, const std::string& project) {
  const auto& access = context.parts.access;
  if (file.audience == Audience::admins) {
    if (access.is_admin(caller)) return;
    throw Error(Errc::denied, path_of(file) + " is for administrators");
  }
  const bool own = project == context.options.project;
  if (file.audience == Audience::everybody && own) return;
  access.check_add(caller, project);
}

}  // namespace platter::tree
