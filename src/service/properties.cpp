// src/service/properties.cpp
//
// Names that are no core properties are free ones, but for "tag." and
// "member.", which name members of sets.
#include "platter/service/properties.h"

#include "core_properties.h"
#include "platter/base/error.h"

namespace platter::service {

using image::Record;
using Text = std::optional<std::string>;

namespace {

constexpr std::string_view kTag = "tag.";
constexpr std::string_view kMember = "member.";

// The tool's word for what a name begins with; empty when it begins so and
// goes on with nothing.
std::optional<std::string> after(std::string_view prefix,
                                 std::string_view name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  return std::string(name.substr(prefix.size()));
}

void set_member(Record& record, const std::string& project,
                std::string_view value) {
  if (value != "pending" && value != "accepted" && value != "rejected") {
    throw Error(Errc::invalid, "member." + project +
                                   " is one of pending accepted rejected; \"" +
                                   std::string(value) + "\" is not");
  }
  record.members[project] = value;
}

// What was verified is not said anew of data that is there.
void check_signature_stays(const Record& record, std::string_view name,
                           std::string_view value) {
  if (!name.starts_with("img_signature") || property(record, name) == value) {
    return;
  }
  check_before_data(record, name);
}

void check_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxPropertyName) {
    throw Error(Errc::invalid, "a property's name has 1 to " +
                                   std::to_string(kMaxPropertyName) +
                                   " bytes; this one has " +
                                   std::to_string(name.size()));
  }
  if (name == kTag || name == kMember) {
    throw Error(Errc::invalid, std::string(name) +
                                   " is the beginning of a name; what follows "
                                   "the dot is missing");
  }
  if (name == "name" || name == "tags" || name == "members") {
    throw Error(Errc::invalid,
                std::string(name) +
                    " is a part of every image.json and cannot be a property; "
                    "rename the image's folder, or set user.tag.<t> or "
                    "user.member.<project>");
  }
  if (is_of_tasks(name)) {
    throw Error(Errc::invalid,
                std::string(name) +
                    " belongs to the image's tasks; it is set as an attribute "
                    "of the image's folder, by itself");
  }
}

void check_counts(const Record& record) {
  if (record.tags.size() > kMaxTags) {
    throw Error(Errc::quota, "an image has at most " +
                                 std::to_string(kMaxTags) +
                                 " tags; remove one first");
  }
  std::size_t list = 0;
  for (const std::string& name : property_names(record)) {
    list += name.size() + sizeof("user.");
  }
  if (list > kMaxNameList) {
    throw Error(Errc::no_space,
                "the names of the image's properties would be too long to be "
                "listed; use shorter names");
  }
}

}  // namespace

Text property(const Record& record, std::string_view name) {
  if (const CoreProperty* found = core_property(name))
    return found->get(record);
  if (const auto tag = after(kTag, name)) {
    return record.tags.count(*tag) > 0 ? Text("") : std::nullopt;
  }
  const bool member = name.starts_with(kMember);
  const auto& values = member ? record.members : record.properties;
  const auto key = member ? *after(kMember, name) : std::string(name);
  const auto found = values.find(key);
  return found == values.end() ? std::nullopt : Text(found->second);
}

std::vector<std::string> property_names(const Record& record) {
  std::vector<std::string> names;
  for (const CoreProperty& one : core_properties()) {
    if (one.get(record)) names.emplace_back(one.name);
  }
  for (const auto& [name, value] : record.properties) names.push_back(name);
  for (const auto& tag : record.tags) names.push_back(std::string(kTag) + tag);
  for (const auto& [project, status] : record.members) {
    names.push_back(std::string(kMember) + project);
  }
  return names;
}

bool is_free(std::string_view name) {
  return core_property(name) == nullptr && !is_of_tasks(name) &&
         !name.starts_with(kTag) && !name.starts_with(kMember);
}

std::vector<std::string> reserved_names() {
  // Then those that are members of an image.json, and those of tasks.
  std::vector<std::string> names = {std::string(kTag),
                                    std::string(kMember),
                                    "tag",
                                    "member",
                                    "name",
                                    "tags",
                                    "members",
                                    "import",
                                    "progress",
                                    "task"};
  for (const CoreProperty& one : core_properties())
    names.emplace_back(one.name);
  return names;
}

bool is_of_tasks(std::string_view name) {
  return name == "import" || name == "capture" || name == "progress" ||
         name == "task";
}

bool is_for_admins(std::string_view name) { return name == "stored_size"; }

bool is_shown_to(std::string_view viewer, std::string_view name) {
  if (const auto member = after(kMember, name)) return *member == viewer;
  return !is_for_admins(name) && name != "deleted_at" && name != "deleted_by" &&
         name != "expires_at";
}

void set_property(Record& record, const schema::Schema& schema,
                  std::string_view name, std::string_view value) {
  check_name(name);
  if (const CoreProperty* found = core_property(name)) {
    if (found->set) return found->set(record, value);
    if (!record.sealed || found->get(record) == value) return;
    throw Error(Errc::forbidden, std::string(name) +
                                     " is worked out by Platter and cannot be "
                                     "set");
  }
  if (const auto tag = after(kTag, name)) {
    record.tags.insert(*tag);
  } else if (const auto project = after(kMember, name)) {
    set_member(record, *project, value);
  } else {
    check_signature_stays(record, name, value);
    record.properties[std::string(name)] = schema.check(name, value);
  }
  check_counts(record);
}

void reset_property(Record& record, std::string_view name) {
  if (!property(record, name)) {
    throw Error(Errc::no_data, std::string(name) + " is not set");
  }
  if (const CoreProperty* found = core_property(name)) {
    if (!found->reset) {
      throw Error(Errc::forbidden, std::string(name) +
                                       " belongs to every image and cannot be "
                                       "removed");
    }
    return found->reset(record);
  }
  if (const auto tag = after(kTag, name)) {
    record.tags.erase(*tag);
  } else if (const auto project = after(kMember, name)) {
    record.members.erase(*project);
  } else {
    check_signature_stays(record, name, "");
    record.properties.erase(std::string(name));
  }
}

}  // namespace platter::service
