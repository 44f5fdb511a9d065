// src/service/commit.cpp
//
// What becomes of a draft when its writer closes it: an image's disk, or a
// reason why not.
#include <future>

#include "platter/base/log.h"
#include "platter/service/uploads.h"

namespace platter::service {

using image::Record;
using image::RecordPtr;
using image::Status;

namespace {

// What a refusal makes of the image: content that can never be right is an
// error; content that was cut off, or that the store could not take, may be
// completed.
Status status_after(Errc code) {
  switch (code) {
    case Errc::invalid:
    case Errc::unsupported:
    case Errc::mismatch:
    case Errc::too_large:
      return Status::error;
    default:
      return Status::interrupted;
  }
}

}  // namespace

// What was asked for before the data came, or the configured one.
HashAlgorithm Uploads::algorithm_for(const Record& record) const {
  const auto asked = hash_algorithm(record.os_hash_algo);
  return asked && (record.hash_declared || !record.original)
             ? *asked
             : options_.hash_algorithm;
}

void Uploads::check_hash(const Record& record, const std::string& hash) const {
  if (!record.hash_declared || record.os_hash_value == hash) return;
  throw Error(Errc::mismatch,
              "the uploaded bytes' " + record.os_hash_algo + " is " + hash +
                  ", but os_hash_value was set to " + record.os_hash_value);
}

ingest::Ingested Uploads::take(const Draft& draft, const Record& record) {
  const auto declared = record.format_declared
                            ? format::format_of(record.disk_format)
                            : std::nullopt;
  return ingest::ingest(parts_.store, parts_.workers,
                        {draft.snapshot(),
                         record.file_name,
                         declared,
                         {record.id.bytes, record.created_at}});
}

// Commits, or says why not. REQUIRES: the draft is frozen.
void Uploads::commit_now(const DraftPtr& draft, bool killed) {
  try {
    if (killed) {
      throw Error(Errc::busy,
                  "the program that sent this was killed; send it again, or "
                  "resume it");
    }
    commit(*draft);
  } catch (const Error& problem) {
    if (!draft->aborted()) refuse(draft->number(), problem);
    draft->mark_clean();
    if (!killed) throw;
  }
}

// What is said of an image whose disk is stored.
void Uploads::become_active(Record& record, const ingest::Ingested& taken) {
  record.status = Status::active;
  record.status_reason.clear();
  record.disk_format = name_of(taken.format);
  record.container_format = "bare";
  record.guest = taken.guest;
  record.original = taken.original;
  record.view_sizes = taken.view_sizes;
  record.wrapper = taken.wrapper;
  record.looks_like = taken.looks_like;
  record.stored_size = taken.stored_size;
  record.hidden_files.clear();
  // Tools that keep a file's time set it before they close the file.
  if (!record.modified_at) record.modified_at = parts_.clock.now();
}

// REQUIRES: the draft is frozen.
void Uploads::commit(Draft& draft) {
  const image::Number number = draft.number();
  if (draft.empty()) {
    draft.mark_clean();
    parts_.catalogue.update(
        number, [](Record& record) { record.status = Status::queued; });
    return;
  }
  const RecordPtr before = parts_.catalogue.find(number);
  check_stands_alone(*before);
  const HashAlgorithm algorithm = algorithm_for(*before);
  const bool late =
      !before->hash_declared && draft.left_to_hash() > options_.hash_at_close;
  // The hash is one long chain of work; the disk's chunks are many short ones.
  auto hashing = std::async(std::launch::async, [&] {
    if (!late) return draft.finish_hash(algorithm);
    draft.give_up_hash();
    return std::string();
  });
  const ingest::Ingested taken = take(draft, *before);
  const std::string hash = hashing.get();
  check_hash(*before, hash);
  parts_.catalogue.update(number, [&](Record& record) {
    become_active(record, taken);
    record.parts.clear();
    record.arrived.clear();
    record.os_hash_algo = name_of(algorithm);
    record.os_hash_value = hash;
  });
  draft.mark_clean();
  if (late) late_hashes_.add(number);
  {
    const std::scoped_lock lock(mutex_);
    settling_[number] = parts_.clock.now();
  }
  log::info("image active", {{"image", before->name},
                             {"format", name_of(taken.format)},
                             {"bytes", taken.original.size}});
}

std::optional<image::Number> Uploads::twin_of(image::Number number) {
  const std::scoped_lock lock(mutex_);
  const auto twin = twins_.find(number);
  if (twin == twins_.end()) return std::nullopt;
  return twin->second;
}

// The disk in a twin. REQUIRES: the draft is kept while it is used.
block::SourcePtr Uploads::guest_in(const Draft& draft) const {
  const block::SourcePtr file = draft.snapshot();
  return format::open_guest(format::probe(*file), file);
}

DraftPtr Uploads::pledge_of(image::Number number) const {
  const std::scoped_lock lock(mutex_);
  const auto pledge = pledges_.find(number);
  return pledge == pledges_.end() ? nullptr : pledge->second;
}

// A tool that copies an image's folder sends the same disk once for each
// format. What is the same disk is kept already; another one is a mistake. Of
// a set the first that comes is kept until it can be told.
void Uploads::compare_twin(const DraftPtr& twin, image::Number number) {
  twin->mark_clean();
  const RecordPtr record = parts_.catalogue.find(number);
  if (!record || twin->empty()) return;
  const auto guest = guest_in(*twin);
  const DraftPtr pledge = record->guest ? nullptr : pledge_of(number);
  if (!record->guest && !pledge) {
    const std::scoped_lock lock(mutex_);
    pledges_[number] = twin;
    return;
  }
  const auto other = pledge ? guest_in(*pledge)
                            : image::open_disk(parts_.store, *record->guest);
  if (!block::same_content(*guest, *other)) {
    throw Error(Errc::corrupt,
                "image \"" + record->name +
                    "\" holds another disk already; make a new image for "
                    "this one");
  }
}

void Uploads::refuse(image::Number number, const Error& problem) {
  try {
    parts_.catalogue.update(number, [&](Record& record) {
      record.status = status_after(problem.code());
      record.status_reason = problem.what();
    });
  } catch (const Error& second) {
    // The store may be full: the image then stays in saving, and is
    // interrupted after the next start.
    log::error("cannot record why an upload failed",
               {{"image", number}, {"why", second.what()}});
  }
}

}  // namespace platter::service
