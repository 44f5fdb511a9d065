// src/service/upload_limits.cpp
//
// What uploads count as of their project's limits, while no record counts
// them yet.
#include "disk_set.h"
#include "platter/base/error.h"
#include "platter/service/uploads.h"

namespace platter::service {

using image::RecordPtr;

// One more writer, if that is no upload more or one more is allowed. REQUIRES:
// mutex_ is held.
void Uploads::add_writer(Draft& draft) {
  if (!draft.has_writers()) {
    parts_.quotas.check_add_upload(draft.charge().project());
  }
  draft.add_writer();
}

// Counts the file as if it had grown to `size`, and puts that back when the
// project may not have so much: of two writers none passes the limit.
void Uploads::make_room(Draft& draft, std::uint64_t size) {
  if (size <= draft.size()) return;
  const std::string& project = draft.charge().project();
  parts_.quotas.check_size(project, size);
  draft.charge().grow(size);
  try {
    parts_.quotas.check_bytes(project);
  } catch (...) {
    recount(draft);
    throw;
  }
}

// What the record counts of the file counts no second time.
void Uploads::recount(Draft& draft) {
  const RecordPtr record = parts_.catalogue.find(draft.number());
  const Draft::Part part = draft.part();
  const bool known = record && (!part || *part < record->parts.size());
  draft.charge().set(draft.size(), known ? stored_size(*record, part) : 0);
}

// ... from before the record says so, lest another writer of the project be
// refused meanwhile.
void Uploads::count_as_stored(image::Number number) {
  const std::scoped_lock lock(mutex_);
  for (auto at = drafts_.lower_bound({number, {}});
       at != drafts_.end() && at->first.first == number; ++at) {
    at->second->charge().set(0, 0);
  }
}

void Uploads::recount_set(const std::vector<Frozen>& files) {
  for (const Frozen& one : files) recount(*one.draft);
}

// What the last run left of an unfinished upload, so that it counts.
void Uploads::count_staged(image::Number number) {
  const RecordPtr record = parts_.catalogue.find(number);
  const std::scoped_lock lock(mutex_);
  draft_if_staged(*record, {});
  for (std::size_t place = 0; place < record->parts.size(); ++place) {
    draft_if_staged(*record, place);
  }
}

}  // namespace platter::service
