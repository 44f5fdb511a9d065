// src/tree/sections.cpp
#include "sections.h"
namespace platter::tree {

using image::Record;
using image::RecordPtr;

namespace {

constexpr char kOwnerMark = '@';
constexpr std::string_view kCatalog = "catalog/";

// A name that could be read as another one with its owner.
bool is_ambiguous(const Record& record) {
  return record.name.find(kOwnerMark) != std::string::npos;
}

}  // namespace

Section section_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::community:
    case NodeKind::entry_community:
      return Section::community;
    case NodeKind::shared:
    case NodeKind::entry_shared:
      return Section::shared;
    case NodeKind::offered:
    case NodeKind::entry_offered:
      return Section::offered;
    default:
      return Section::public_;
  }
}

NodeKind folder_kind(Section section) {
  constexpr NodeKind kKinds[] = {NodeKind::public_, NodeKind::community,
                                 NodeKind::shared, NodeKind::offered};
  return kKinds[static_cast<std::size_t>(section) - 1];
}

NodeKind entry_kind(Section section) {
  constexpr NodeKind kKinds[] = {
      NodeKind::entry_public, NodeKind::entry_community, NodeKind::entry_shared,
      NodeKind::entry_offered};
  return kKinds[static_cast<std::size_t>(section) - 1];
}

std::string name_of(Section section) {
  constexpr const char* kNames[] = {"public", "community", "shared", "offered"};
  return kNames[static_cast<std::size_t>(section) - 1];
}

bool is_in(Section section, const Record& record, const std::string& viewer) {
  return is_presentable(record) && image::section_of(record, viewer) == section;
}

std::string full_name(const Record& record) {
  return record.name + kOwnerMark + record.project;
}

std::string entry_name(const Context& context, Section section,
                       const Record& record, const std::string& viewer) {
  if (section != Section::public_ || is_ambiguous(record)) {
    return full_name(record);
  }
  const RecordPtr first =
      context.parts.catalogue.find_in_section(section, viewer, record.name, "");
  return first && first->number == record.number ? record.name
                                                 : full_name(record);
}

RecordPtr entry_named(const Context& context, Section section,
                      const std::string& viewer, std::string_view name) {
  const auto& catalogue = context.parts.catalogue;
  const std::size_t mark = name.rfind(kOwnerMark);
  if (mark == name.npos) {
    if (section != Section::public_) return nullptr;
    return catalogue.find_in_section(section, viewer, name, "");
  }
  const std::string_view owner = name.substr(mark + 1);
  if (mark == 0 || owner.empty()) return nullptr;
  return catalogue.find_in_section(section, viewer, name.substr(0, mark),
                                   owner);
}

void list_entries(
    const Context& context, Section section, const std::string& viewer,
    const std::function<void(const RecordPtr&, const std::string&)>& visit) {
  std::string last;  // the images of one name follow one another
  context.parts.catalogue.list_section(
      section, viewer, [&](const RecordPtr& record) {
        const bool first = record->name != last;
        last = record->name;
        const bool plain =
            section == Section::public_ && first && !is_ambiguous(*record);
        visit(record, plain ? record->name : full_name(*record));
        return true;
      });
}

bool is_hidden_from(const Record& record, const std::string& viewer) {
  return record.os_hidden && record.project != viewer;
}

std::optional<std::string> home_of(const Context& context, const Record& record,
                                   const std::string& viewer) {
  if (record.project == viewer) {
    if (record.place != image::Place::images) return std::nullopt;
    return "images/" + record.name;
  }
  const auto section = image::section_of(record, viewer);
  if (!section || *section == Section::offered || !is_presentable(record)) {
    return std::nullopt;
  }
  return std::string(kCatalog) + name_of(*section) + "/" +
         entry_name(context, *section, record, viewer);
}

std::string link_to(std::string_view home, int depth) {
  const bool inside = home.starts_with(kCatalog);
  std::string target;
  for (int up = inside ? 1 : 0; up < depth; ++up) target += "../";
  return target.append(inside ? home.substr(kCatalog.size()) : home);
}

}  // namespace platter::tree
