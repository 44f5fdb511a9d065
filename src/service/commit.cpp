// src/service/commit.cpp
//
// What becomes of a draft when its writer closes it: an image's disk, or a
// reason why not.
#include <algorithm>
#include <future>

#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/image/content.h"
#include "platter/ingest/stream_hash.h"
#include "platter/service/uploads.h"
#include "signatures.h"

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
    case Errc::no_key:
    case Errc::key_rejected:
    case Errc::too_large:
      return Status::error;
    default:
      return Status::interrupted;
  }
}

// The file that is given back is not the one that was sent: its hash follows,
// and nobody may write on at what they take for their own bytes. `hash`: of
// what was sent; empty when it was not worked out.
void note_rebuilt(Record& record, const std::string& hash) {
  record.status_reason =
      original_name(record) +
      " holds the disk that was sent, but is not that file, which was "
      "compressed: keep_original is \"rebuild\"";
  if (!hash.empty()) {
    record.status_reason +=
        "; what was sent had the " + record.os_hash_algo + " " + hash;
  }
  record.os_hash_value.clear();
  record.hash_declared = false;
  record.sealed = true;
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

ingest::Upload Uploads::upload_of(const Draft& draft) const {
  ingest::Upload upload;
  upload.file = draft.snapshot();
  upload.scratch = options_.staging;
  upload.limits = unwrap_limits();
  return upload;
}

archive::Limits Uploads::unwrap_limits() const {
  archive::Limits limits;
  limits.size = options_.max_image_size;
  limits.ratio = options_.max_unpack_ratio;
  return limits;
}

// Who signed the bytes; empty when they are not said to be signed. `hash` is
// theirs by `algorithm`, in hex.
std::string Uploads::check_signature(const Record& record, const Draft& draft,
                                     HashAlgorithm algorithm,
                                     const std::string& hash) const {
  const auto claim = signature_claim(record);
  if (!claim) {
    check_may_be_unsigned(record, options_.require_signature);
    return {};
  }
  std::string signed_hash = hash;
  if (claim->algorithm != algorithm) {
    const auto file = draft.snapshot();
    Hasher hasher(claim->algorithm);
    ingest::hash_range(*file, 0, file->size(), hasher);
    signed_hash = hasher.finish();
  }
  return signer_of(*claim, *from_hex(signed_hash), options_.certificates,
                   parts_.clock.now());
}

ingest::Ingested Uploads::take(Draft& draft, const Record& record) {
  ingest::Upload upload = upload_of(draft);
  upload.ahead = draft.unwrapped_ahead();
  upload.file_name = record.file_name;
  if (record.format_declared) {
    upload.declared = format::format_of(record.disk_format);
  }
  // With data it says what was found.
  if (!record.original) upload.container = record.container_format;
  upload.keep =
      signature_claim(record) ? ingest::Keep::exact : options_.keep_original;
  upload.identity = {record.id.bytes, record.created_at};
  return ingest::ingest(parts_.store, parts_.workers, upload);
}

// Commits, or says why not; whether there was something to. REQUIRES: the draft
// is frozen.
bool Uploads::commit_now(const DraftPtr& draft, bool killed) {
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
    recount(*draft);
    if (!killed) throw;
    return false;
  }
  recount(*draft);
  return !draft->empty();
}

// What is said of an image whose disk is stored.
void Uploads::become_active(Record& record, const ingest::Ingested& taken) {
  record.status = Status::active;
  record.status_reason = taken.note;
  record.disk_format = name_of(taken.format);
  record.container_format = taken.container;
  record.guest = taken.guest;
  record.encrypted_size = taken.encrypted_size;
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
  draft.check_complete();
  if (draft.empty()) {
    draft.mark_clean();
    parts_.catalogue.update(
        number, [](Record& record) { record.status = Status::queued; });
    return;
  }
  const RecordPtr before = parts_.catalogue.find(number);
  check_stands_alone(*before);
  parts_.quotas.check_bytes(before->project);
  const HashAlgorithm algorithm = algorithm_for(*before);
  const bool late = !before->hash_declared && !signature_claim(*before) &&
                    draft.left_to_hash() > options_.hash_at_close;
  // The hash is one long chain of work; the disk's chunks are many short ones.
  auto hashing = std::async(std::launch::async, [&] {
    if (!late) return draft.finish_hash(algorithm);
    draft.give_up_hash();
    return std::string();
  });
  const ingest::Ingested taken = take(draft, *before);
  const std::string hash = hashing.get();
  check_hash(*before, hash);
  const std::string signer = check_signature(*before, draft, algorithm, hash);
  count_as_stored(number);
  parts_.catalogue.update(number, [&](Record& record) {
    become_active(record, taken);
    record.parts.clear();
    record.arrived.clear();
    record.os_hash_algo = name_of(algorithm);
    record.os_hash_value = hash;
    record.signed_by = signer;
    if (taken.rebuilt) note_rebuilt(record, hash);
  });
  draft.mark_clean();
  if (late || taken.rebuilt) late_hashes_.add(number);
  {
    const std::scoped_lock lock(mutex_);
    settling_[number] = parts_.clock.now();
  }
  log::debug("image active", {{"image", before->name},
                              {"format", name_of(taken.format)},
                              {"bytes", taken.original.size}});
}

std::optional<image::Number> Uploads::twin_of(image::Number number) {
  const std::scoped_lock lock(mutex_);
  const auto twin = twins_.find(number);
  if (twin == twins_.end()) return std::nullopt;
  return twin->second;
}

// The disk in a twin or, where nobody here can read it, the file. REQUIRES: the
// draft is kept while it is used.
block::SourcePtr Uploads::guest_in(const Draft& draft) const {
  try {
    return ingest::open_upload(upload_of(draft));
  } catch (const format::Encrypted&) {
    return draft.snapshot();
  }
}

DraftPtr Uploads::pledge_of(image::Number number) const {
  const std::scoped_lock lock(mutex_);
  const auto pledge = pledges_.find(number);
  return pledge == pledges_.end() ? nullptr : pledge->second;
}

// ... and of an image that has one.
block::SourcePtr Uploads::guest_in(const Record& record) const {
  auto guest = image::guest_of(parts_.store, record);
  return guest ? guest : image::original_of(parts_.store, record);
}

// A tool that copies an image's folder sends the same disk once for each
// format. What is the same disk is kept already; another one is a mistake. Of
// a set the first that comes is kept until it can be told.
void Uploads::compare_twin(const DraftPtr& twin, image::Number number) {
  const auto failure = twin->failure();
  twin->mark_clean();
  if (failure) throw *failure;
  const RecordPtr record = parts_.catalogue.find(number);
  if (!record || twin->empty()) return;
  const DraftPtr pledge = record->original ? nullptr : pledge_of(number);
  if (!record->original && !pledge) {
    const std::scoped_lock lock(mutex_);
    pledges_[number] = twin;
    return;
  }
  const auto other = pledge ? guest_in(*pledge) : guest_in(*record);
  if (!block::same_content(*guest_in(*twin), *other)) {
    throw Error(Errc::corrupt,
                "image \"" + record->name +
                    "\" holds another disk already; make a new image for "
                    "this one");
  }
}

void Uploads::give_up(image::Number number, const std::string& reason) {
  if (reason.empty() || reason.size() > kMaxReason ||
      std::ranges::any_of(reason, [](unsigned char c) { return c < ' '; })) {
    throw Error(Errc::invalid, "give_up takes the reason: 1 to " +
                                   std::to_string(kMaxReason) +
                                   " bytes of text without control characters");
  }
  bool written = false;
  const std::scoped_lock lock(mutex_);
  for (auto at = drafts_.lower_bound({number, {}});
       at != drafts_.end() && at->first.first == number; ++at) {
    if (!at->second->has_writers()) continue;
    // What was closed in between, and taken for whole, is not.
    begin_writing(*at->second);
    at->second->give_up(reason);
    written = true;
  }
  if (!written) {
    throw Error(Errc::invalid,
                "no file of the image is being written, so there is nothing to "
                "give up");
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
