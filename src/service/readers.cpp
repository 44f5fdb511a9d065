// src/service/readers.cpp
//
// Reading an image's files, by its own project or through the catalogue of
// another.
#include <algorithm>

#include "events.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/image/content.h"
#include "platter/service/images.h"

namespace platter::service {

using access::Act;
using access::Caller;
using image::Number;
using image::RecordPtr;

namespace {
constexpr std::size_t kViewsKept = 64;
}  // namespace

RecordPtr Images::to_be_read(const Caller& caller, Number number,
                             const std::string& via) const {
  RecordPtr record = found(number);
  if (via.empty() || via == record->project) {
    parts_.access.check(caller, *record, Act::read);
    return record;
  }
  parts_.access.check_via(caller, *record, via, Act::read);
  // What another project has read never changes again.
  if (!record->sealed) {
    parts_.uploads.seal(number);
    record = found(number);
  }
  return record;
}

block::SourcePtr Images::open_original(const Caller& caller, Number number,
                                       const std::string& via) {
  const RecordPtr record = to_be_read(caller, number, via);
  auto original = image::original_of(parts_.store, *record);
  if (!original) {
    throw Error(Errc::not_found,
                "image \"" + record->name + "\" has no data yet");
  }
  return original;
}

block::SourcePtr Images::open_part(const Caller& caller, Number number,
                                   std::size_t place, const std::string& via) {
  const RecordPtr record = to_be_read(caller, number, via);
  if (place >= record->parts.size() ||
      record->parts[place].original.size == 0) {
    throw Error(Errc::not_found,
                "image \"" + record->name + "\" has no such part");
  }
  return image::part_of(parts_.store, *record, record->parts[place]);
}

block::SourcePtr Images::open_view(const Caller& caller, Number number,
                                   format::View view, const std::string& via) {
  to_be_read(caller, number, via);
  parts_.uploads.seal(number);
  const RecordPtr record = found(number);
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

void Images::note_download(const Download& download, std::uint64_t bytes) {
  const RecordPtr record = parts_.catalogue.find(download.number);
  if (!record) return;
  Event event = event_of(
      download.caller, "download", *record,
      {{"bytes", std::to_string(bytes)}, {"file", download.file_name}});
  event.command = download.command;
  parts_.audit.add(event);
  // Machines read their disks all day long.
  if (!log::shows(log::Level::debug)) return;
  log::debug("downloaded", {{"operation", "download"},
                            {"project", record->project},
                            {"image", record->name},
                            {"user", access::user_name(download.caller.uid)},
                            {"file", download.file_name},
                            {"bytes", bytes},
                            {"errno", 0}});
}

}  // namespace platter::service
