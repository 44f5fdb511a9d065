// src/image/project.cpp
//
// A project's names and bytes. docs/format/index.md has the list of fields;
// visit_fields() below is it, once for both directions.
#include "platter/image/project.h"

#include <fmt/core.h>

#include <algorithm>

#include "fields.h"

namespace platter::image {
namespace {

constexpr std::size_t kMaxName = 64;

// By the names of limits: what a newer Platter limits besides is passed over.
using Limits = std::map<std::string, std::uint64_t>;

template <typename P, typename L, typename Visitor>
void visit_fields(P& project, L& limits, Visitor&& visit) {
  visit(1, project.number);
  visit(2, project.name);
  visit(3, project.group);
  visit(4, project.created_at);
  visit(5, limits);
}

bool may_stand_in_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

}  // namespace

std::string_view name_of(Limit limit) noexcept {
  switch (limit) {
    case Limit::images:
      return "images";
    case Limit::bytes:
      return "bytes";
    case Limit::uploads:
      return "uploads";
    case Limit::image_size:
      return "image_size";
    case Limit::properties:
      return "properties";
    case Limit::members:
      return "members";
  }
  return "unknown";
}

std::optional<Limit> limit_of(std::string_view name) noexcept {
  for (const Limit limit : kLimits) {
    if (name == name_of(limit)) return limit;
  }
  return std::nullopt;
}

void check_project_name(std::string_view name) {
  if (!name.empty() && name.size() <= kMaxName && name.front() != '.' &&
      name.front() != '-' && std::ranges::all_of(name, may_stand_in_name)) {
    return;
  }
  throw Error(
      Errc::invalid,
      fmt::format("\"{}\" cannot name a project: 1 to {} of A-Z a-z 0-9 "
                  "_ . - are allowed, and neither . nor - in front",
                  name, kMaxName));
}

std::string encode_project(const Project& project) {
  Limits limits;
  for (const auto& [limit, value] : project.quota) {
    limits.emplace(name_of(limit), value);
  }
  std::string bytes;
  visit_fields(project, limits, [&](std::uint16_t field, const auto& value) {
    put_field<FieldWriter>(bytes, field, value);
  });
  return bytes;
}

Project decode_project(std::string_view bytes) {
  Project project;
  Limits limits;
  Fields fields("project record", bytes);
  visit_fields(project, limits, [&](std::uint16_t field, auto& value) {
    fields.get<FieldReader>(field, value);
  });
  fields.finish();
  if (project.name.empty() || project.number >= kMaxProjects) {
    throw Error(Errc::damaged,
                fmt::format("project record: number {}, name \"{}\": numbers "
                            "end below {}, and no name is empty",
                            project.number, project.name, kMaxProjects));
  }
  for (const auto& [name, value] : limits) {
    if (const auto limit = limit_of(name)) project.quota[*limit] = value;
  }
  return project;
}

}  // namespace platter::image
