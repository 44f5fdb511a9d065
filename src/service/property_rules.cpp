// src/service/property_rules.cpp
#include "property_rules.h"

#include "platter/base/error.h"
#include "platter/service/properties.h"
#include "protected.h"

namespace platter::service {

using access::Act;
using image::Place;
using image::Record;
using image::RecordPtr;
using image::Section;
using image::Visibility;

namespace {

constexpr std::string_view kMember = "member.";

// Properties of the operator's own images that pickers everywhere go by.
bool is_of_stock(std::string_view name) {
  return name == "media_group" || name == "cloud_init";
}

}  // namespace

void PropertyRules::change(Record& record, const std::string& name,
                           const std::optional<std::string>& value) const {
  check_may_change(parts_.rules.protections, role_, record, name, value);
  if (value) return set(record, name, *value);
  if (name == "visibility") {
    // What images begin with needs no right.
    const auto visibility = parts_.access.policy().default_visibility;
    return set_property(record, parts_.rules.schema, name, name_of(visibility));
  }
  reset_property(record, name);
  if (is_of_stock(name)) check_stock(record, name);
}

void PropertyRules::set(Record& record, const std::string& name,
                        const std::string& value) const {
  const auto before = property(record, name);
  if (name.starts_with(kMember) && before != value &&
      !takes_member(record, name.substr(kMember.size()), value)) {
    return;
  }
  set_property(record, parts_.rules.schema, name, value);
  if (property(record, name) == before) return;
  check_right(record, name, value);
  if (is_of_stock(name)) check_stock(record, name);
  if (name == "media_group") check_media_group(value);
  if (name == "replacement") check_replacement(record, value);
}

// Whether the owner's word on a member counts; false: it came along with the
// attributes of another image, and is passed over.
bool PropertyRules::takes_member(const Record& record,
                                 const std::string& project,
                                 const std::string& value) const {
  if (value == "accepted" || value == "rejected") {
    if (!record.sealed) return false;
    throw Error(Errc::forbidden,
                "member." + project + ": project " + project +
                    " itself accepts or rejects, in its catalog/; set it to "
                    "pending to offer the image");
  }
  if (record.visibility != Visibility::shared) {
    throw Error(Errc::forbidden,
                "only shared images have members; set user.visibility to "
                "shared first");
  }
  if (project == record.project) {
    throw Error(Errc::invalid, "image \"" + record.name + "\" is of project " +
                                   project +
                                   " itself; share it with another one");
  }
  if (!project.empty() && !parts_.projects.find(project)) {
    throw Error(Errc::invalid,
                "there is no project \"" + project + "\" to share with");
  }
  return true;
}

void PropertyRules::check_right(const Record& record, const std::string& name,
                                const std::string& value) const {
  const auto check = [&](Act act) {
    parts_.access.check(caller_, record, act);
  };
  if (name == "status") check(Act::deactivate);
  if (name != "visibility") return;
  if (value == name_of(Visibility::public_)) check(Act::publicize);
  if (value == name_of(Visibility::community)) check(Act::communitize);
}

void PropertyRules::check_stock(const Record& record,
                                const std::string& name) const {
  const auto project = parts_.projects.find(record.project);
  if (project && project->number == 0) {
    parts_.access.check_admin(
        caller_, "setting " + name + " of the operator's own images");
  }
}

void PropertyRules::check_media_group(const std::string& name) const {
  if (parts_.media_groups.find(name)) return;
  std::string known;
  for (const auto& group : parts_.media_groups.all()) {
    known += (known.empty() ? "one of " : ", ") + ("\"" + group.name + "\"");
  }
  throw Error(Errc::invalid,
              "media_group is " +
                  (known.empty() ? "the name of a media group, and there is "
                                   "none: an administrator makes one with "
                                   "mkdir in catalog/groups/"
                                 : known) +
                  "; \"" + name + "\" is not");
}

void PropertyRules::check_replacement(const Record& record,
                                      const std::string& replacement) const {
  RecordPtr found =
      parts_.catalogue.find(record.project, Place::images, replacement);
  if (!found) {
    found = parts_.catalogue.find_in_section(Section::public_, record.project,
                                             replacement, "");
  }
  const auto id = image::image_id_in(replacement);
  if (!found && id) found = parts_.catalogue.find(*id);
  const bool seen = found && found->place == Place::images &&
                    (found->project == record.project ||
                     found->visibility == Visibility::public_);
  if (seen) return;
  throw Error(Errc::invalid, "replacement names an image of project " +
                                 record.project +
                                 ", or a public one, by its name or id; \"" +
                                 replacement + "\" is none");
}

}  // namespace platter::service
