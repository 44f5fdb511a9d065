// src/service/uploads.cpp
#include "platter/service/uploads.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "disk_set.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/image/content.h"

namespace platter::service {

using image::Record;
using image::RecordPtr;
using image::Status;

Uploads::Uploads(const Parts& parts, const Options& options)
    : parts_(parts),
      options_(options),
      late_hashes_(parts.store, parts.catalogue) {
  make_folders(options_.staging);
}

Path Uploads::parts_folder(image::Number number) const {
  return options_.staging / (std::to_string(number) + ".parts");
}

Path Uploads::staging_path(const FileKey& key) const {
  const auto& [number, part] = key;
  return part ? parts_folder(number) / std::to_string(*part)
              : options_.staging / std::to_string(number);
}

void Uploads::recover() {
  std::vector<image::Number> unfinished;
  std::vector<image::Number> unsealed;
  std::vector<image::Number> sent;
  parts_.catalogue.list_all([&](const RecordPtr& record) {
    const bool waits = is_waiting(*record) &&
                       record->arrived == names_of_files(*record) &&
                       is_staged(*record);
    if (record->status == Status::saving && !waits) {
      unfinished.push_back(record->number);
    }
    if (!is_finished(*record) && record->status != Status::queued) {
      sent.push_back(record->number);
    }
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
      std::filesystem::remove_all(entry.path());
    }
  }
  for (const image::Number number : sent) count_staged(number);
}

DraftPtr Uploads::make_draft(const FileKey& key, const std::string& project,
                             block::SourcePtr base) {
  const auto& [number, part] = key;
  if (part) make_folders(parts_folder(number));
  const std::uint64_t stored = base ? base->size() : 0;
  auto draft = std::make_shared<Draft>(
      number, part,
      std::make_unique<ingest::Staging>(staging_path(key), std::move(base)),
      options_.hash_algorithm, parts_.workers);
  if (!part && draft->empty()) {
    draft->unwrap_ahead(options_.staging, unwrap_limits());
  }
  draft->charge().open(parts_.quotas.in_flight(), project);
  draft->charge().set(draft->size(), stored);
  return draft;
}

// REQUIRES: mutex_ is held.
DraftPtr Uploads::draft_of(const Record& record, Draft::Part part) {
  const FileKey key(record.number, part);
  DraftPtr& draft = drafts_[key];
  if (draft) return draft;
  block::SourcePtr base;
  if (stored_size(record, part) > 0) base = stored_file(record, part);
  return draft = make_draft(key, record.project, std::move(base));
}

block::SourcePtr Uploads::stored_file(const Record& record,
                                      Draft::Part part) const {
  return part ? image::part_of(parts_.store, record, record.parts.at(*part))
              : image::original_of(parts_.store, record);
}

// ... nullptr when nothing of it is staged. REQUIRES: mutex_ is held.
DraftPtr Uploads::draft_if_staged(const Record& record, Draft::Part part) {
  const FileKey key(record.number, part);
  const auto draft = drafts_.find(key);
  if (draft != drafts_.end()) return draft->second;
  if (is_finished(record) || !std::filesystem::exists(staging_path(key))) {
    return nullptr;
  }
  return draft_of(record, part);
}

// A draft with one writer more.
DraftPtr Uploads::opened(DraftPtr draft, bool truncate) {
  try {
    if (truncate) resize(*draft, 0);
  } catch (...) {
    close(draft);
    throw;
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
    draft = draft_of(*record, {});
    add_writer(*draft);
  }
  return opened(std::move(draft), truncate);
}

DraftPtr Uploads::open_scratch(const std::string& project) {
  const image::Number number = parts_.catalogue.new_number();
  const std::scoped_lock lock(mutex_);
  parts_.quotas.check_add_upload(project);
  const DraftPtr draft = make_draft({number, {}}, project, nullptr);
  draft->add_writer();
  drafts_[{number, {}}] = draft;
  return draft;
}

DraftPtr Uploads::open_twin(image::Number number) {
  const RecordPtr record = parts_.catalogue.find(number);
  if (!record) throw Error(Errc::not_found, "the image is gone");
  const DraftPtr draft = open_scratch(record->project);
  const std::scoped_lock lock(mutex_);
  twins_[draft->number()] = number;
  return draft;
}

// Before a write, or with no bytes a change of size.
void Uploads::begin(Draft& draft, std::uint64_t offset, ByteView bytes) {
  const std::uint64_t end = offset + bytes.size();
  try {
    if (end > options_.max_image_size) {
      throw Error(Errc::too_large,
                  "the file grows to " + std::to_string(end) +
                      " bytes, past max_image_size, which is " +
                      std::to_string(options_.max_image_size));
    }
    make_room(draft, end);
    if (!draft.dirty()) begin_writing(draft);
  } catch (const Error& problem) {
    // Sealed data misses nothing.
    if (problem.code() != Errc::read_only) draft.miss(offset, bytes, problem);
    throw;
  }
}

void Uploads::write(Draft& draft, std::uint64_t offset, ByteView bytes) {
  begin(draft, offset, bytes);
  draft.write(offset, bytes);
}

void Uploads::resize(Draft& draft, std::uint64_t size) {
  if (size == draft.size() && !draft.failure()) return;
  begin(draft, size, {});
  const bool had_base = draft.has_base();
  draft.resize(size);
  // A restart must not put the base back under what was cut.
  if (had_base && !draft.has_base()) {
    forget_data(draft.number(), draft.part());
  }
  recount(draft);
}

// A scratch file has no record; nothing is said of it.
void Uploads::begin_writing(Draft& draft) {
  if (draft.aborted() || !parts_.catalogue.find(draft.number())) return;
  const Draft::Part part = draft.part();
  parts_.catalogue.update(draft.number(), [&](Record& record) {
    check_writable(record);
    if (is_finished(record) && !record.parts.empty()) {
      record.arrived = names_of_files(record);
    }
    record.arrived.erase(name_of_file(record, part));
    record.status = Status::saving;
    record.status_reason.clear();
    if (!part) record.modified_at = {};
  });
}

void Uploads::forget_data(image::Number number, Draft::Part part) {
  if (!parts_.catalogue.find(number)) return;
  parts_.catalogue.update(number, [&](Record& record) {
    if (record.parts.empty()) return forget_disk(record);
    forget_file(record, part);
  });
}

bool Uploads::flush(const DraftPtr& draft, bool killed) {
  {
    const auto frozen = draft->freeze();
    if (!draft->dirty_or_failed() || draft->aborted()) return false;
    if (const auto image = twin_of(draft->number())) {
      if (!killed) compare_twin(draft, *image);
      return false;
    }
    const RecordPtr record = parts_.catalogue.find(draft->number());
    if (!record) {
      flush_scratch(*draft);
      return false;
    }
    if (!is_of_set(*draft, *record)) return commit_now(draft, killed);
  }
  return flush_of_set(draft, killed);
}

// Nothing is made of it yet, but its writer is told what is missing.
void Uploads::flush_scratch(Draft& draft) {
  const auto failure = draft.failure();
  draft.mark_told();
  if (failure) throw *failure;
}

void Uploads::close(const DraftPtr& draft) {
  draft->remove_writer(parts_.clock.now());
  const std::scoped_lock lock(mutex_);
  if (draft->has_writers()) return;
  const FileKey key(draft->number(), draft->part());
  const auto twin = twins_.find(key.first);
  const bool is_twin = twin != twins_.end();
  if (is_twin) {
    // Who sends one file after the other is not done yet.
    const auto settling = settling_.find(twin->second);
    if (settling != settling_.end()) settling->second = parts_.clock.now();
    twins_.erase(twin);
  }
  const RecordPtr record = parts_.catalogue.find(key.first);
  // An active image is its own base if it is opened again. Scratch files, and
  // what may be resumed, stay.
  const bool finished = record && is_finished(*record);
  // Who was aborted may close late, when the number has another draft.
  const auto current = drafts_.find(key);
  if (current == drafts_.end() || current->second != draft) return;
  if (is_twin) drop(key);
  if (finished) drop_idle(key.first);
}

// REQUIRES: mutex_ is held.
void Uploads::drop(const FileKey& key) {
  drafts_.erase(key);
  std::error_code ignored;
  std::filesystem::remove(staging_path(key), ignored);
}

// Drops what nobody writes. REQUIRES: mutex_ is held, and the image is
// finished.
void Uploads::drop_idle(image::Number number) {
  std::vector<FileKey> idle;
  for (auto at = drafts_.lower_bound({number, {}});
       at != drafts_.end() && at->first.first == number; ++at) {
    if (!at->second->has_writers()) idle.push_back(at->first);
  }
  for (const FileKey& key : idle) drop(key);
  if (has_drafts(number)) return;
  std::error_code ignored;
  std::filesystem::remove_all(parts_folder(number), ignored);
}

// REQUIRES: mutex_ is held.
bool Uploads::has_drafts(image::Number number) const {
  const auto first = drafts_.lower_bound({number, {}});
  return first != drafts_.end() && first->first.first == number;
}

bool Uploads::is_written(image::Number number) const {
  const std::scoped_lock lock(mutex_);
  for (auto at = drafts_.lower_bound({number, {}});
       at != drafts_.end() && at->first.first == number; ++at) {
    if (at->second->has_writers()) return true;
  }
  return false;
}

DraftPtr Uploads::find(image::Number number) {
  const std::scoped_lock lock(mutex_);
  if (const auto draft = drafts_.find({number, {}}); draft != drafts_.end()) {
    return draft->second;
  }
  const RecordPtr record = parts_.catalogue.find(number);
  return record ? draft_if_staged(*record, {}) : nullptr;
}

void Uploads::adopt(const DraftPtr& scratch, image::Number number) {
  adopt_as(scratch, {number, {}});
}

void Uploads::adopt_as(const DraftPtr& scratch, const FileKey& key) {
  {
    const std::scoped_lock lock(mutex_);
    const FileKey before(scratch->number(), scratch->part());
    if (drafts_.count(key) > 0) {
      throw Error(Errc::busy, "the image is being written already");
    }
    if (key.second) make_folders(parts_folder(key.first));
    std::filesystem::rename(staging_path(before), staging_path(key));
    drafts_.erase(before);
    drafts_[key] = scratch;
    scratch->belong_to(key.first, key.second);
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
  for (auto at = drafts_.lower_bound({number, {}});
       at != drafts_.end() && at->first.first == number; ++at) {
    if (at->second->dirty_or_failed()) return;
  }
  parts_.catalogue.update(number, [](Record& changed) {
    // A writer may have come between.
    if (is_finished(changed)) changed.sealed = true;
  });
}

void Uploads::abort(image::Number number) {
  const std::scoped_lock lock(mutex_);
  auto at = drafts_.lower_bound({number, {}});
  while (at != drafts_.end() && at->first.first == number) {
    at->second->abort();
    at = drafts_.erase(at);
  }
  pledges_.erase(number);
  std::error_code ignored;
  std::filesystem::remove(staging_path({number, {}}), ignored);
  std::filesystem::remove_all(parts_folder(number), ignored);
}

void Uploads::settle() {
  std::vector<image::Number> settled;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [number, closed_at] : settling_) {
      const bool open =
          has_drafts(number) ||
          std::ranges::any_of(twins_, [number = number](const auto& twin) {
            return twin.second == number;
          });
      if (!open && closed_at + options_.settle <= parts_.clock.now()) {
        settled.push_back(number);
      }
    }
    for (const image::Number number : settled) settling_.erase(number);
  }
  for (const image::Number number : settled) seal(number);
}

}  // namespace platter::service
