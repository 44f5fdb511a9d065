// src/service/trash.cpp
//
// How images leave: to the trash and back, for good, and by the clock.
#include <algorithm>

#include "disk_set.h"
#include "events.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/service/images.h"
#include "platter/service/names.h"

namespace platter::service {

using access::Caller;
using image::Number;
using image::Place;
using image::Record;
using image::RecordPtr;
using image::Status;

namespace {
// Between two looks at all images for some whose time has come.
constexpr std::chrono::hours kLongestWait{1};
// ... when some wait to be purged.
constexpr std::chrono::seconds kNextPurge{10};
}  // namespace

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
  parts_.audit.add(event_of(caller, "remove", *record));
  log::info("image removed", {{"image", record->name}, {"uid", caller.uid}});
}

void Images::restore(const Caller& caller, Number number,
                     const std::string& name) {
  const RecordPtr record = changeable(caller, number);
  check_image_name(name);
  const std::scoped_lock adding(adding_);
  check_no_pointer(record->project, name);
  parts_.quotas.check_add_image(record->project);
  parts_.catalogue.update(number, [&](Record& changed) {
    changed.place = Place::images;
    changed.name = name;
    changed.hidden_files.clear();
    changed.deleted_at = {};
    changed.deleted_by.clear();
    changed.expires_at = {};
  });
  parts_.audit.add(event_of(caller, "restore", *record, {{"to", name}}));
  log::info("image restored", {{"image", record->name}, {"uid", caller.uid}});
}

void Images::purge(const Caller& caller, Number number) {
  const RecordPtr record = changeable(caller, number);
  if (record->place != Place::trash) {
    throw Error(Errc::forbidden, "only images in the trash are purged");
  }
  parts_.catalogue.erase(number);
  parts_.audit.add(event_of(caller, "purge", *record,
                            {{"bytes", std::to_string(record->size())}}));
  log::info("image purged", {{"image", record->name}, {"uid", caller.uid}});
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

Images::Expired Images::expire() {
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
  Expired result;
  for (const RecordPtr& record : expired) {
    if (record->place == Place::trash) {
      result.projects.insert(record->project);
      // Whatever becomes of that.
      expect_deadline(now + kNextPurge);
    } else {
      move_to_trash(access::daemon_caller(), record->number);
      result.moved.push_back(record);
    }
  }
  return result;
}

}  // namespace platter::service
