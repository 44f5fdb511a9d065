// src/service/images.cpp
#include "platter/service/images.h"

#include <algorithm>

#include "disk_set.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/image/content.h"
#include "platter/service/names.h"
#include "platter/service/properties.h"
#include "protected.h"
#include "signatures.h"

namespace platter::service {

using access::Caller;
using image::Number;
using image::Place;
using image::Record;
using image::RecordPtr;
using image::Status;

namespace {

constexpr std::size_t kViewsKept = 64;
// Between two looks at all images for some whose time has come.
constexpr std::chrono::hours kLongestWait{1};

}  // namespace

Images::Images(const Parts& parts, const Options& options)
    : parts_(parts), options_(options) {}

RecordPtr Images::see(const Caller& caller, Number number) const {
  RecordPtr record = parts_.catalogue.find(number);
  if (!record) throw Error(Errc::not_found, "the image is gone");
  parts_.access.check_see(caller, *record);
  return record;
}

RecordPtr Images::changeable(const Caller& caller, Number number) const {
  RecordPtr record = see(caller, number);
  parts_.access.check_change(caller, *record);
  return record;
}

RecordPtr Images::create(const Caller& caller, const std::string& name) {
  parts_.access.check_add(caller, options_.project);
  check_image_name(name);
  Record record;
  record.number = parts_.catalogue.new_number();
  record.id = image::ImageId::random();
  record.project = options_.project;
  record.name = name;
  log::info("image created", {{"image", name}, {"uid", caller.uid}});
  return parts_.catalogue.create(std::move(record));
}

void Images::rename(const Caller& caller, Number number,
                    const std::string& name, bool replace) {
  const RecordPtr record = changeable(caller, number);
  check_image_name(name);
  const RecordPtr taken =
      parts_.catalogue.find(record->project, Place::images, name);
  if (taken && taken->number == number) return;
  if (taken && replace && taken->status == Status::queued) {
    remove(caller, taken->number);
  } else if (taken) {
    throw Error(Errc::exists, "there is an image \"" + name +
                                  "\" already; remove or rename it first");
  }
  parts_.catalogue.update(number,
                          [&](Record& changed) { changed.name = name; });
}

void Images::remove(const Caller& caller, Number number) {
  const RecordPtr record = changeable(caller, number);
  if (record->protected_) {
    throw Error(Errc::forbidden,
                "image \"" + record->name +
                    "\" is protected; set user.protected to false first");
  }
  move_to_trash(caller, number);
}

void Images::move_to_trash(const Caller& caller, Number number) {
  parts_.uploads.abort(number);
  const RecordPtr record = parts_.catalogue.find(number);
  if (!record) return;
  std::string name = record->name;
  for (int copy = 1; parts_.catalogue.find(record->project, Place::trash, name);
       ++copy) {
    name = record->name + "." + std::to_string(copy);
  }
  const Timestamp now = parts_.clock.now();
  parts_.catalogue.update(number, [&](Record& changed) {
    changed.place = Place::trash;
    changed.name = name;
    changed.deleted_at = now;
    changed.deleted_by = access::user_name(caller.uid);
    changed.expires_at = now + options_.trash_ttl;
    changed.hidden_files.clear();
    changed.arrived.clear();
    if (!is_stored(changed)) forget_disk(changed);
    // What was being uploaded is gone; what was whole before is not.
    if (changed.status != Status::deactivated) {
      changed.status = changed.original ? Status::active : Status::queued;
    }
    changed.sealed = changed.original.has_value();
  });
  expect_deadline(now + options_.trash_ttl);
  log::info("image removed", {{"image", record->name}, {"uid", caller.uid}});
}

void Images::restore(const Caller& caller, Number number,
                     const std::string& name) {
  const RecordPtr record = changeable(caller, number);
  check_image_name(name);
  parts_.catalogue.update(number, [&](Record& changed) {
    changed.place = Place::images;
    changed.name = name;
    changed.hidden_files.clear();
    changed.deleted_at = {};
    changed.deleted_by.clear();
    changed.expires_at = {};
  });
  log::info("image restored", {{"image", record->name}, {"uid", caller.uid}});
}

void Images::purge(const Caller& caller, Number number) {
  const RecordPtr record = changeable(caller, number);
  if (record->place != Place::trash) {
    throw Error(Errc::forbidden, "only images in the trash are purged");
  }
  parts_.catalogue.erase(number);
  log::info("image purged", {{"image", record->name}, {"uid", caller.uid}});
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

void Images::set_properties(const Caller& caller, Number number,
                            const Properties& properties) {
  changeable(caller, number);
  const bool admin = parts_.access.is_admin(caller);
  const schema::Role role = role_of(caller);
  parts_.catalogue.update(number, [&](Record& record) {
    const image::Visibility visibility = record.visibility;
    for (const auto& [name, value] : properties) {
      check_may_change(parts_.rules.protections, role, record, name, value);
      if (!value) {
        service::reset_property(record, name);
        continue;
      }
      const auto before = property(record, name);
      service::set_property(record, parts_.rules.schema, name, *value);
      const auto act = admin_act(name, *value);
      if (act && !admin && property(record, name) != before) {
        parts_.access.check_admin(caller, *act);
      }
    }
    if (record.original && record.visibility != visibility &&
        record.signed_by.empty()) {
      check_may_be_unsigned(record, options_.require_signature);
    }
  });
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
  const schema::Protections& protections = parts_.rules.protections;
  if (!protections.any()) return record;
  return readable_part(protections, role_of(caller), record);
}

void Images::set_modified(const Caller& caller, Number number, Timestamp time) {
  changeable(caller, number);
  parts_.catalogue.update(number,
                          [&](Record& record) { record.modified_at = time; });
}

block::SourcePtr Images::open_original(const Caller& caller, Number number) {
  const RecordPtr record = see(caller, number);
  parts_.access.check_read_data(caller, *record);
  auto original = image::original_of(parts_.store, *record);
  if (!original) {
    throw Error(Errc::not_found,
                "image \"" + record->name + "\" has no data yet");
  }
  return original;
}

block::SourcePtr Images::open_part(const Caller& caller, Number number,
                                   std::size_t place) {
  const RecordPtr record = see(caller, number);
  parts_.access.check_read_data(caller, *record);
  if (place >= record->parts.size() ||
      record->parts[place].original.size == 0) {
    throw Error(Errc::not_found,
                "image \"" + record->name + "\" has no such part");
  }
  return image::part_of(parts_.store, *record, record->parts[place]);
}

block::SourcePtr Images::open_view(const Caller& caller, Number number,
                                   format::View view) {
  parts_.access.check_read_data(caller, *see(caller, number));
  parts_.uploads.seal(number);
  const RecordPtr record = see(caller, number);
  if (!record->guest) {
    throw Error(Errc::not_found,
                "image \"" + record->name + "\" has no " +
                    (record->original ? "other file: the disk is encrypted"
                                      : "data yet"));
  }
  if (record->view_sizes.count(std::string(name_of(view))) == 0) {
    throw Error(Errc::not_found, "the disk of image \"" + record->name +
                                     "\" does not fit into a " +
                                     std::string(name_of(view)));
  }
  const std::scoped_lock lock(mutex_);
  const auto kept = std::ranges::find_if(views_, [&](const CachedView& one) {
    return one.number == number && one.view == view;
  });
  if (kept != views_.end()) {
    views_.splice(views_.begin(), views_, kept);
    return views_.front().file;
  }
  const auto file =
      format::make_view(view, image::guest_of(parts_.store, *record),
                        {record->id.bytes, record->created_at});
  // An image that is not sealed may yet get another disk.
  if (record->sealed) views_.push_front({number, view, file});
  if (views_.size() > kViewsKept) views_.pop_back();
  return file;
}

// When the clock moves the image on; nullopt when it never does.
std::optional<Timestamp> Images::deadline_of(const Record& record) const {
  if (record.place == Place::trash) return record.expires_at;
  if (record.status == Status::interrupted || is_waiting(record)) {
    return record.updated_at + options_.upload_ttl;
  }
  if (record.original && record.hidden_files.count(original_name(record)) > 0) {
    return record.updated_at + options_.replace_ttl;
  }
  return std::nullopt;
}

void Images::expect_deadline(Timestamp deadline) {
  const std::scoped_lock lock(mutex_);
  next_expiry_ = std::min(next_expiry_, deadline);
}

std::vector<RecordPtr> Images::expire() {
  const Timestamp now = parts_.clock.now();
  {
    const std::scoped_lock lock(mutex_);
    if (now < next_expiry_) return {};
    next_expiry_ = now + kLongestWait;
  }
  std::vector<RecordPtr> expired;
  parts_.catalogue.list_all([&](const RecordPtr& record) {
    const auto deadline = deadline_of(*record);
    if (!deadline || parts_.uploads.is_written(record->number)) return true;
    if (*deadline <= now) expired.push_back(record);
    if (*deadline > now) expect_deadline(*deadline);
    return true;
  });
  const Caller self = access::daemon_caller();
  for (const RecordPtr& record : expired) {
    if (record->place == Place::trash) {
      purge(self, record->number);
    } else {
      move_to_trash(self, record->number);
    }
  }
  return expired;
}

}  // namespace platter::service
