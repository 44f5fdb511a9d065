// src/service/media_groups.cpp
//
// What administrators do with media groups, and with the images that name
// them.
#include "platter/base/error.h"
#include "platter/service/names.h"
#include "platter/service/projects.h"

namespace platter::service {

using access::Caller;
using image::MediaGroup;
using image::Record;
using image::RecordPtr;

namespace {

constexpr const char* kProperty = "media_group";

bool names_group(const Record& record, const std::string& group) {
  const auto named = record.properties.find(kProperty);
  return named != record.properties.end() && named->second == group;
}

MediaGroup group_of(const image::MediaGroups& groups, std::uint64_t number) {
  auto group = groups.find(number);
  if (!group) throw Error(Errc::not_found, "the media group is gone");
  return *std::move(group);
}

// Media groups are the operator's, and so is what is written down of them.
Event event_of(const Caller& caller, const image::Projects& projects,
               const std::string& act, const std::string& group) {
  Event event;
  event.caller = caller;
  event.act = act;
  event.project = projects.find(image::ProjectNumber{0})->name;
  event.details = {{"name", group}};
  return event;
}

}  // namespace

MediaGroup Projects::create_group(const Caller& caller,
                                  const std::string& name) {
  parts_.access.check_admin(caller, "making a media group");
  check_image_name(name);
  MediaGroup group = parts_.media_groups.create(name);
  parts_.audit.add(event_of(caller, parts_.projects, "group-add", name));
  return group;
}

// In two rounds: what is set while the first one runs is found by the second.
void Projects::rename_group(const Caller& caller, std::uint64_t number,
                            const std::string& name) {
  parts_.access.check_admin(caller, "renaming a media group");
  const MediaGroup group = group_of(parts_.media_groups, number);
  if (group.name == name) return;
  check_image_name(name);
  if (parts_.media_groups.find(name)) {
    throw Error(Errc::exists,
                "there is a media group \"" + name + "\" already");
  }
  // The images first: who is cut off here can do it again.
  rename_in_images(group.name, name);
  parts_.media_groups.rename(number, name);
  rename_in_images(group.name, name);
  Event event = event_of(caller, parts_.projects, "group-rename", group.name);
  event.details["to"] = name;
  parts_.audit.add(event);
}

void Projects::rename_in_images(const std::string& from,
                                const std::string& to) {
  std::vector<image::Number> numbers;
  parts_.catalogue.list_all([&](const RecordPtr& record) {
    if (names_group(*record, from)) numbers.push_back(record->number);
    return true;
  });
  for (const image::Number number : numbers) {
    if (!parts_.catalogue.find(number)) continue;
    parts_.catalogue.update(number, [&](Record& record) {
      if (names_group(record, from)) record.properties[kProperty] = to;
    });
  }
}

void Projects::erase_group(const Caller& caller, std::uint64_t number) {
  parts_.access.check_admin(caller, "removing a media group");
  const MediaGroup group = group_of(parts_.media_groups, number);
  parts_.catalogue.list_all([&](const RecordPtr& record) {
    if (!names_group(*record, group.name)) return true;
    throw Error(Errc::not_empty, "image \"" + record->name + "\" of project " +
                                     record->project + " is of media group \"" +
                                     group.name +
                                     "\"; take user.media_group away first");
  });
  parts_.media_groups.erase(number);
  parts_.audit.add(
      event_of(caller, parts_.projects, "group-remove", group.name));
}

void Projects::hide_group(const Caller& caller, std::uint64_t number,
                          bool hidden) {
  parts_.access.check_admin(caller, "hiding a media group");
  const MediaGroup group = group_of(parts_.media_groups, number);
  if (group.hidden == hidden) return;
  parts_.media_groups.set_hidden(number, hidden);
  Event event = event_of(caller, parts_.projects, "group-hide", group.name);
  event.details["value"] = hidden ? "true" : "false";
  parts_.audit.add(event);
}

}  // namespace platter::service
