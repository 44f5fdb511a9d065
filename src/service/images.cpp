// src/service/images.cpp
#include "platter/service/images.h"

#include "events.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/service/names.h"
#include "platter/service/properties.h"
#include "protected.h"

namespace platter::service {

using access::Act;
using access::Caller;
using image::Number;
using image::Place;
using image::Record;
using image::RecordPtr;
using image::Status;

Images::Images(const Parts& parts, const Options& options)
    : parts_(parts), options_(options) {}

RecordPtr Images::found(Number number) const {
  RecordPtr record = parts_.catalogue.find(number);
  if (!record) throw Error(Errc::not_found, "the image is gone");
  return record;
}

RecordPtr Images::changeable(const Caller& caller, Number number) const {
  RecordPtr record = found(number);
  parts_.access.check(caller, *record, Act::change);
  return record;
}

RecordPtr Images::create(const Caller& caller, const std::string& project,
                         const std::string& name) {
  if (!parts_.projects.find(project)) {
    throw Error(Errc::not_found, "there is no project \"" + project + "\"");
  }
  parts_.access.check_add(caller, project);
  check_image_name(name);
  Record record;
  record.number = parts_.catalogue.new_number();
  record.id = image::ImageId::random();
  record.project = project;
  record.name = name;
  record.uid = caller.uid;
  record.visibility = parts_.access.policy().default_visibility;
  const std::scoped_lock adding(adding_);
  check_no_pointer(project, name);
  parts_.quotas.check_add_image(project);
  RecordPtr created = parts_.catalogue.create(std::move(record));
  parts_.audit.add(event_of(caller, "create", *created));
  log::info("image created", {{"image", name}, {"uid", caller.uid}});
  return created;
}

void Images::rename(const Caller& caller, Number number,
                    const std::string& name, bool replace) {
  const RecordPtr record = changeable(caller, number);
  check_image_name(name);
  const RecordPtr taken =
      parts_.catalogue.find(record->project, Place::images, name);
  if (taken && taken->number == number) return;
  check_no_pointer(record->project, name);
  if (taken && replace && taken->status == Status::queued) {
    remove(caller, taken->number);
  } else if (taken) {
    throw Error(Errc::exists, "there is an image \"" + name +
                                  "\" already; remove or rename it first");
  }
  parts_.catalogue.update(number,
                          [&](Record& changed) { changed.name = name; });
  parts_.audit.add(event_of(caller, "rename", *record, {{"to", name}}));
}

void Images::hide_file(const Caller& caller, Number number,
                       const std::string& file_name) {
  const RecordPtr record = changeable(caller, number);
  if (record->protected_) {
    throw Error(Errc::forbidden,
                "image \"" + record->name +
                    "\" is protected; set user.protected to false first");
  }
  parts_.catalogue.update(
      number, [&](Record& changed) { changed.hidden_files.insert(file_name); });
  expect_deadline(parts_.clock.now() + options_.replace_ttl);
}

void Images::show_file(const Caller& caller, Number number,
                       const std::string& file_name) {
  changeable(caller, number);
  parts_.catalogue.update(
      number, [&](Record& changed) { changed.hidden_files.erase(file_name); });
}

void Images::set_file_name(const Caller& caller, Number number,
                           const std::string& file_name) {
  changeable(caller, number);
  parts_.catalogue.update(
      number, [&](Record& changed) { changed.file_name = file_name; });
}

schema::Role Images::role_of(const Caller& caller) const {
  return parts_.access.is_admin(caller) ? schema::Role::admin
                                        : schema::Role::member;
}

bool Images::may_read(const Caller& caller, std::string_view name) const {
  const schema::Protections& protections = parts_.rules.protections;
  if (is_for_admins(name)) return parts_.access.is_admin(caller);
  return !protections.any() || !is_free(name) ||
         protections.may(schema::Act::read, role_of(caller), name);
}

RecordPtr Images::readable(const Caller& caller,
                           const RecordPtr& record) const {
  // Roles are asked of the host.
  if (!parts_.rules.protections.any()) return record;
  return readable_by(role_of(caller), record);
}

RecordPtr Images::readable_by(schema::Role role,
                              const RecordPtr& record) const {
  return readable_part(parts_.rules.protections, role, record);
}

void Images::set_modified(const Caller& caller, Number number, Timestamp time) {
  changeable(caller, number);
  parts_.catalogue.update(number,
                          [&](Record& record) { record.modified_at = time; });
}

void Images::note_upload(const Caller& caller, Number number,
                         std::string_view operation) {
  const RecordPtr record = parts_.catalogue.find(number);
  if (!record) return;
  parts_.audit.add(event_of(caller, "upload", *record,
                            {{"bytes", std::to_string(record->size())},
                             {"file", record->file_name}}));
  log::info("uploaded", {{"operation", operation},
                         {"project", record->project},
                         {"image", record->name},
                         {"user", access::user_name(caller.uid)},
                         {"bytes", record->size()},
                         {"errno", 0}});
}

}  // namespace platter::service
