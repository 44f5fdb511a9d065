// src/service/set_properties.cpp
//
// What an image's owner says of it, and giving it to another project.
#include "events.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/service/properties.h"
#include "property_rules.h"
#include "signatures.h"

namespace platter::service {

using access::Caller;
using image::Number;
using image::Place;
using image::Record;
using image::RecordPtr;
using image::Status;

namespace {

// `name`, or name.1, name.2, ... when that is taken in the project.
std::string free_name(const Images::Parts& parts, const std::string& project,
                      const std::string& name) {
  std::string free = name;
  for (int copy = 1; parts.catalogue.find(project, Place::images, free) ||
                     parts.pointers.find(project, free);
       ++copy) {
    free = name + "." + std::to_string(copy);
  }
  return free;
}

void give_away(Record& record, const std::string& project,
               const std::string& name) {
  record.project = project;
  record.name = name;
  record.members.erase(project);
}

}  // namespace

void Images::set_properties(const Caller& caller, Number number,
                            const Properties& properties) {
  const RecordPtr seen = changeable(caller, number);
  const auto owner = new_owner(caller, *seen, properties);
  for (const auto& [one, value] : properties) {
    if (one == "give_up" && value) parts_.uploads.give_up(number, *value);
  }
  std::unique_lock<std::mutex> adding;
  std::string name;
  if (owner) {
    adding = std::unique_lock(adding_);
    parts_.quotas.check_add_image(*owner);
    parts_.quotas.check_bytes(*owner, seen->size());
    name = free_name(parts_, *owner, seen->name);
  }
  const PropertyRules rules(parts_, caller);
  Record before;
  const RecordPtr after = parts_.catalogue.update(number, [&](Record& record) {
    before = record;
    for (const auto& [one, value] : properties) {
      rules.change(record, one, value);
    }
    parts_.quotas.check_record(before, record);
    if (record.original && record.visibility != before.visibility &&
        record.signed_by.empty()) {
      check_may_be_unsigned(record, options_.require_signature);
    }
    if (owner) give_away(record, *owner, name);
  });
  note_changes(caller, before, *after, properties);
}

// The project that the image is given to; nullopt: it stays where it is.
std::optional<std::string> Images::new_owner(
    const Caller& caller, const Record& record,
    const Properties& properties) const {
  std::optional<std::string> owner;
  for (const auto& [name, value] : properties) {
    if (name == "owner" && value) owner = value;
  }
  if (!owner || *owner == record.project) return std::nullopt;
  // It came along with the attributes of another image.
  const bool by_admin = parts_.access.is_admin(caller);
  if (!record.sealed && (!by_admin || record.status == Status::queued)) {
    return std::nullopt;
  }
  parts_.access.check_admin(caller, "giving an image to another project");
  if (!parts_.projects.find(*owner)) {
    throw Error(Errc::invalid,
                "there is no project \"" + *owner + "\" to give the image to");
  }
  if (record.place != Place::images) {
    throw Error(Errc::forbidden, "image \"" + record.name +
                                     "\" lies in the trash; restore it first");
  }
  if (!record.sealed || parts_.uploads.is_written(record.number)) {
    throw Error(Errc::busy, "image \"" + record.name +
                                "\" may still be written to; give it away "
                                "once it has settled");
  }
  return owner;
}

void Images::note_changes(const Caller& caller, const Record& before,
                          const Record& after, const Properties& properties) {
  for (const auto& [name, unused] : properties) {
    const auto value = property(after, name);
    if (name == "owner" || value == property(before, name)) continue;
    parts_.audit.add(event_of_property(caller, after, name, value));
  }
  if (after.project == before.project) return;
  parts_.audit.add(
      event_of(caller, "transfer", before, {{"to", after.project}}));
  parts_.audit.add(
      event_of(caller, "transfer", after, {{"from", before.project}}));
  log::info("image given away", {{"image", before.name},
                                 {"from", before.project},
                                 {"to", after.project},
                                 {"uid", caller.uid}});
}

}  // namespace platter::service
