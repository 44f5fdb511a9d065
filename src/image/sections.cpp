// src/image/sections.cpp
#include "sections.h"

namespace platter::image {
namespace {

bool is_for_everybody(Section section) {
  return section == Section::public_ || section == Section::community;
}

}  // namespace

bool is_presentable(const Record& record) noexcept {
  return record.place == Place::images &&
         (record.status == Status::active ||
          record.status == Status::deactivated);
}

std::optional<Section> section_of(const Record& record,
                                  std::string_view viewer) {
  switch (record.visibility) {
    case Visibility::private_:
      return std::nullopt;
    case Visibility::community:
      return Section::community;
    case Visibility::public_:
      return Section::public_;
    case Visibility::shared:
      break;
  }
  const auto member = record.members.find(std::string(viewer));
  if (member == record.members.end() || viewer == record.project) {
    return std::nullopt;
  }
  if (member->second == "accepted") return Section::shared;
  if (member->second == "pending") return Section::offered;
  return std::nullopt;
}

std::string section_key(Section section, std::string_view viewer) {
  std::string key(1, static_cast<char>(section));
  if (!is_for_everybody(section)) key += viewer;
  key += '\0';
  return key;
}

std::string section_key(Section section, std::string_view viewer,
                        std::string_view name, std::string_view owner) {
  std::string key = section_key(section, viewer);
  key += name;
  key += '\0';
  key += owner;
  return key;
}

std::set<std::string> shown_keys(const Record& record) {
  std::set<std::string> keys;
  if (!is_presentable(record)) return keys;
  const auto add = [&](std::string_view viewer) {
    const auto section = section_of(record, viewer);
    if (!section) return;
    keys.insert(section_key(*section, viewer, record.name, record.project));
  };
  // The same key for all viewers, also when there is no member.
  if (record.visibility != Visibility::shared) {
    add("");
    return keys;
  }
  for (const auto& [member, status] : record.members) add(member);
  return keys;
}

bool leads_to(std::string_view key, Section section, std::string_view viewer,
              const Record& record) {
  return is_presentable(record) && section_of(record, viewer) == section &&
         section_key(section, viewer, record.name, record.project) == key;
}

}  // namespace platter::image
