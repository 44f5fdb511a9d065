// tests/image/catalogue_laws.h
//
// What holds of a catalogue after whatever was done to it, found out by reading
// every record.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalogue_in_folder.h"

namespace platter::test {

inline constexpr image::Section kSections[] = {
    image::Section::public_, image::Section::community, image::Section::shared,
    image::Section::offered};
inline constexpr image::Place kPlaces[] = {image::Place::images,
                                           image::Place::trash};

// The same as names_in().
inline std::vector<std::string> filtered(const image::Catalogue& catalogue,
                                         image::Section section,
                                         const std::string& viewer) {
  using image::Section;
  using image::Visibility;
  std::map<std::pair<std::string, std::string>, std::string> found;
  catalogue.list_all([&](const image::RecordPtr& record) {
    const bool has_data = record->status == image::Status::active ||
                          record->status == image::Status::deactivated;
    if (record->place != image::Place::images || !has_data) return true;
    const auto member = record->members.find(viewer);
    const bool is_member =
        member != record->members.end() && record->project != viewer;
    const std::string answer = is_member ? member->second : "";
    const bool shared = record->visibility == Visibility::shared;
    const std::map<Section, bool> is_in = {
        {Section::public_, record->visibility == Visibility::public_},
        {Section::community, record->visibility == Visibility::community},
        {Section::shared, shared && answer == "accepted"},
        {Section::offered, shared && answer == "pending"}};
    if (is_in.at(section)) {
      found[{record->name, record->project}] =
          record->name + "@" + record->project;
    }
    return true;
  });
  std::vector<std::string> names;
  for (const auto& [key, name] : found) names.push_back(name);
  return names;
}

inline image::FolderUsage recounted(const image::Catalogue& catalogue,
                                    const std::string& project,
                                    image::Place place) {
  image::FolderUsage usage;
  catalogue.list_all([&](const image::RecordPtr& record) {
    if (record->project != project || record->place != place) return true;
    ++usage.images;
    usage.bytes += record->size();
    return true;
  });
  return usage;
}

inline bool sections_hold(const image::Catalogue& catalogue,
                          const std::string& project) {
  for (const image::Section section : kSections) {
    const auto expected = filtered(catalogue, section, project);
    if (names_in(catalogue, section, project) != expected) return false;
    for (const std::string& name : expected) {
      const std::size_t at = name.find('@');
      const auto found = catalogue.find_in_section(
          section, project, name.substr(0, at), name.substr(at + 1));
      if (!found || found->name + "@" + found->project != name) return false;
    }
  }
  return true;
}

inline bool usage_holds(const image::Catalogue& catalogue,
                        const std::string& project) {
  for (const image::Place place : kPlaces) {
    if (catalogue.usage(project, place) !=
        recounted(catalogue, project, place)) {
      return false;
    }
  }
  return true;
}

// Every image is found by its name and by its id.
inline bool names_and_ids_hold(const image::Catalogue& catalogue) {
  bool hold = true;
  catalogue.list_all([&](const image::RecordPtr& record) {
    const auto by_id = catalogue.find(record->id);
    const auto by_name =
        catalogue.find(record->project, record->place, record->name);
    hold = by_id && by_name && *by_id == *record && *by_name == *record;
    return hold;
  });
  return hold;
}

}  // namespace platter::test
