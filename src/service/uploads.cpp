// src/service/uploads.cpp
#include "platter/service/uploads.h"

#include <charconv>
#include <filesystem>

#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/image/content.h"

namespace platter::service {

using image::Record;
using image::RecordPtr;
using image::Status;

namespace {

bool is_finished(const Record& record) {
  return record.status == Status::active ||
         record.status == Status::deactivated;
}

void check_writable(const Record& record) {
  if (!record.sealed) return;
  throw Error(Errc::read_only,
              "image \"" + record.name +
                  "\" has its data, which never changes; make a new image for "
                  "other data");
}

}  // namespace

Uploads::Uploads(const Parts& parts, const Options& options)
    : parts_(parts),
      options_(options),
      late_hashes_(parts.store, parts.catalogue) {
  make_folders(options_.staging);
}

Path Uploads::staging_path(image::Number number) const {
  return options_.staging / std::to_string(number);
}

void Uploads::recover() {
  std::vector<image::Number> unfinished;
  std::vector<image::Number> unsealed;
  parts_.catalogue.list_all([&](const RecordPtr& record) {
    if (record->status == Status::saving) unfinished.push_back(record->number);
    if (is_finished(*record) && !record->sealed) {
      unsealed.push_back(record->number);
    }
    if (is_finished(*record) && record->os_hash_value.empty()) {
      late_hashes_.add(record->number);
    }
    return true;
  });
  for (const image::Number number : unfinished) {
    parts_.catalogue.update(number, [](Record& record) {
      record.status = Status::interrupted;
      record.status_reason =
          "the service stopped while this was being uploaded; send it again, "
          "or resume it";
    });
  }
  for (const image::Number number : unsealed) {
    parts_.catalogue.update(number,
                            [](Record& record) { record.sealed = true; });
  }
  for (const auto& entry :
       std::filesystem::directory_iterator(options_.staging)) {
    const std::string name = entry.path().filename();
    image::Number number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    const RecordPtr record = parts_.catalogue.find(number);
    if (!record || record->sealed || record->status == Status::queued) {
      std::filesystem::remove(entry.path());
    }
  }
}

DraftPtr Uploads::make_draft(image::Number number, block::SourcePtr base) {
  return std::make_shared<Draft>(
      number,
      std::make_unique<ingest::Staging>(staging_path(number), std::move(base)),
      options_.hash_algorithm, parts_.workers);
}

// REQUIRES: mutex_ is held.
DraftPtr Uploads::draft_of(const Record& record) {
  DraftPtr& draft = drafts_[record.number];
  if (!draft) {
    draft = make_draft(record.number, image::original_of(parts_.store, record));
  }
  return draft;
}

DraftPtr Uploads::open(image::Number number, bool truncate) {
  DraftPtr draft;
  {
    const std::scoped_lock lock(mutex_);
    const RecordPtr record = parts_.catalogue.find(number);
    if (!record) throw Error(Errc::not_found, "the image is gone");
    check_writable(*record);
    draft = draft_of(*record);
    draft->add_writer();
  }
  try {
    if (truncate && draft->size() > 0) resize(*draft, 0);
  } catch (...) {
    close(draft);
    throw;
  }
  return draft;
}

DraftPtr Uploads::open_scratch() {
  const image::Number number = parts_.catalogue.new_number();
  const DraftPtr draft = make_draft(number, nullptr);
  draft->add_writer();
  const std::scoped_lock lock(mutex_);
  drafts_[number] = draft;
  return draft;
}

DraftPtr Uploads::open_twin(image::Number number) {
  const DraftPtr draft = open_scratch();
  const std::scoped_lock lock(mutex_);
  twins_[draft->number()] = number;
  return draft;
}

void Uploads::write(Draft& draft, std::uint64_t offset, ByteView bytes) {
  if (offset + bytes.size() > options_.max_image_size) {
    throw Error(Errc::too_large,
                "the file grows past max_image_size, which is " +
                    std::to_string(options_.max_image_size) + " bytes");
  }
  if (!draft.dirty()) begin_writing(draft);
  draft.write(offset, bytes);
}

void Uploads::resize(Draft& draft, std::uint64_t size) {
  if (size > options_.max_image_size) {
    throw Error(Errc::too_large, std::to_string(size) +
                                     " bytes are more than max_image_size, " +
                                     std::to_string(options_.max_image_size));
  }
  if (size == draft.size()) return;
  if (!draft.dirty()) begin_writing(draft);
  const bool had_base = draft.has_base();
  draft.resize(size);
  // A restart must not put the base back under what was cut.
  if (had_base && !draft.has_base()) forget_data(draft.number());
}

// A scratch file has no record; nothing is said of it.
void Uploads::begin_writing(Draft& draft) {
  if (draft.aborted() || !parts_.catalogue.find(draft.number())) return;
  parts_.catalogue.update(draft.number(), [](Record& record) {
    check_writable(record);
    record.status = Status::saving;
    record.status_reason.clear();
    record.modified_at = {};
  });
}

void Uploads::forget_data(image::Number number) {
  if (!parts_.catalogue.find(number)) return;
  parts_.catalogue.update(number, [](Record& record) {
    // What was found in the data goes with it; what was declared stays.
    if (record.original) record.container_format.clear();
    record.guest.reset();
    record.encrypted_size = 0;
    record.original.reset();
    record.view_sizes.clear();
    record.wrapper.clear();
    record.looks_like.clear();
    record.parts.clear();
    record.signed_by.clear();
    record.stored_size = 0;
    if (!record.format_declared) record.disk_format.clear();
    if (!record.hash_declared) record.os_hash_value.clear();
  });
}

void Uploads::flush(const DraftPtr& draft, bool killed) {
  const auto frozen = draft->freeze();
  if (!draft->dirty() || draft->aborted()) return;
  const image::Number number = draft->number();
  if (const auto image = twin_of(number)) {
    if (!killed) compare_twin(*draft, *image);
    return;
  }
  if (!parts_.catalogue.find(number)) return;  // a scratch file
  try {
    if (killed) {
      throw Error(Errc::busy,
                  "the program that sent this was killed; send it again, or "
                  "resume it");
    }
    commit(*draft);
  } catch (const Error& problem) {
    if (!draft->aborted()) refuse(*draft, problem);
    if (!killed) throw;
  }
}

void Uploads::close(const DraftPtr& draft) {
  draft->remove_writer(parts_.clock.now());
  const std::scoped_lock lock(mutex_);
  if (draft->has_writers()) return;
  const image::Number number = draft->number();
  const bool is_twin = twins_.erase(number) > 0;
  const RecordPtr record = parts_.catalogue.find(number);
  // An active image is its own base if it is opened again. Scratch files, and
  // what may be resumed, stay.
  const bool finished = record && is_finished(*record);
  // Who was aborted may close late, when the number has another draft.
  const auto current = drafts_.find(number);
  if (current == drafts_.end() || current->second != draft) return;
  if (is_twin || finished) drop(number);
}

// REQUIRES: mutex_ is held.
void Uploads::drop(image::Number number) {
  drafts_.erase(number);
  std::error_code ignored;
  std::filesystem::remove(staging_path(number), ignored);
}

DraftPtr Uploads::find(image::Number number) {
  const std::scoped_lock lock(mutex_);
  if (const auto draft = drafts_.find(number); draft != drafts_.end()) {
    return draft->second;
  }
  const RecordPtr record = parts_.catalogue.find(number);
  const bool waits = record && (record->status == Status::interrupted ||
                                record->status == Status::error);
  if (!waits || !std::filesystem::exists(staging_path(number))) return nullptr;
  return draft_of(*record);
}

void Uploads::adopt(const DraftPtr& scratch, image::Number number) {
  {
    const std::scoped_lock lock(mutex_);
    const image::Number before = scratch->number();
    if (drafts_.count(number) > 0) {
      throw Error(Errc::busy, "the image is being written already");
    }
    std::filesystem::rename(staging_path(before), staging_path(number));
    drafts_.erase(before);
    drafts_[number] = scratch;
    scratch->belong_to(number);
  }
  if (!scratch->empty()) begin_writing(*scratch);
  if (scratch->has_writers()) return;
  // One more writer for as long as the commit takes.
  scratch->add_writer();
  try {
    flush(scratch, false);
  } catch (...) {
    close(scratch);
    throw;
  }
  close(scratch);
}

void Uploads::seal(image::Number number) {
  const std::scoped_lock lock(mutex_);
  const RecordPtr record = parts_.catalogue.find(number);
  if (!record || record->sealed || !is_finished(*record)) return;
  const auto draft = drafts_.find(number);
  if (draft != drafts_.end() && draft->second->dirty()) return;
  parts_.catalogue.update(number, [](Record& changed) {
    // A writer may have come between.
    if (is_finished(changed)) changed.sealed = true;
  });
}

void Uploads::abort(image::Number number) {
  const std::scoped_lock lock(mutex_);
  if (const auto draft = drafts_.find(number); draft != drafts_.end()) {
    draft->second->abort();
  }
  drop(number);
}

void Uploads::discard(image::Number number) {
  const RecordPtr record = parts_.catalogue.find(number);
  if (record && is_finished(*record)) {
    throw Error(Errc::read_only,
                "image \"" + record->name + "\" is not being uploaded");
  }
  abort(number);
  forget_data(number);
  parts_.catalogue.update(number, [](Record& changed) {
    changed.status = Status::queued;
    changed.status_reason.clear();
    changed.file_name.clear();
  });
}

void Uploads::settle() {
  std::vector<image::Number> settled;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [number, closed_at] : settling_) {
      const bool open = drafts_.count(number) > 0;
      if (!open && closed_at + options_.settle <= parts_.clock.now()) {
        settled.push_back(number);
      }
    }
    for (const image::Number number : settled) settling_.erase(number);
  }
  for (const image::Number number : settled) seal(number);
}

}  // namespace platter::service
