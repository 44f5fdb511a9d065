// src/service/upload_sets.cpp
//
// Sets: disks that are sent in several files, in any order. Each file that is
// closed arrives; the one that is the last to arrive commits the set.
#include <algorithm>
#include <filesystem>
#include <functional>

#include "disk_set.h"
#include "platter/base/log.h"
#include "platter/format/disk_set.h"
#include "platter/image/content.h"
#include "platter/ingest/ingest_set.h"
#include "platter/service/names.h"
#include "platter/service/uploads.h"
#include "signatures.h"

namespace platter::service {

using format::Format;
using image::Record;
using image::RecordPtr;
using image::Status;

namespace {

// Whether the descriptor's name, and what was declared, let it be one.
bool may_be_vmdk(const Record& record, const std::string& name) {
  const auto claimed = format::format_claimed_by(name);
  const auto declared = record.format_declared
                            ? format::format_of(record.disk_format)
                            : std::nullopt;
  return claimed.value_or(Format::vmdk) == Format::vmdk &&
         declared.value_or(Format::vmdk) == Format::vmdk;
}

bool is_sent(const Record& record, const std::string& name) {
  return record.arrived.count(name) > 0;
}

// The draft's bytes, for as long as they are used.
block::SourcePtr snapshot_of(const DraftPtr& draft) {
  struct Held {
    DraftPtr draft;
    block::SourcePtr bytes;
  };
  const auto held = std::make_shared<const Held>(draft, draft->snapshot());
  return {held, held->bytes.get()};
}

// A part that was sent and is nobody's would be lost without a word.
void check_no_strangers(const Record& record,
                        const std::vector<std::string>& named) {
  for (const image::Part& part : record.parts) {
    const bool stranger =
        is_sent(record, part.name) && std::ranges::count(named, part.name) == 0;
    if (stranger) {
      throw Error(Errc::invalid, part.name + " lies beside " +
                                     record.file_name +
                                     ", which does not name it; remove it");
    }
  }
}

std::vector<std::string> missing_of(const Record& record,
                                    const std::vector<std::string>& named) {
  std::vector<std::string> missing;
  for (const std::string& name : named) {
    if (!is_sent(record, name)) missing.push_back(name);
  }
  return missing;
}

}  // namespace

DraftPtr Uploads::open_part(image::Number number, const std::string& name,
                            bool truncate) {
  DraftPtr draft;
  {
    const std::scoped_lock lock(mutex_);
    const RecordPtr record =
        parts_.catalogue.update(number, [&](Record& changed) {
          check_writable(changed);
          if (place_of_part(changed, name)) return;
          check_unfinished(changed);
          add_part(changed, name);
        });
    draft = draft_of(*record, place_of_part(*record, name));
    add_writer(*draft);
  }
  return opened(std::move(draft), truncate);
}

bool Uploads::takes_part(image::Number number, const std::string& name) {
  if (is_part_name(name)) return true;
  const RecordPtr record = parts_.catalogue.find(number);
  if (!record || !is_sent(*record, record->file_name)) return false;
  try {
    const auto named = format::part_names(*file_of(*record, {}));
    return std::ranges::count(named, name) > 0;
  } catch (const Error&) {
    return false;
  }
}

DraftPtr Uploads::find_part(image::Number number, std::size_t place) {
  const RecordPtr record = parts_.catalogue.find(number);
  if (!record || place >= record->parts.size()) return nullptr;
  const std::scoped_lock lock(mutex_);
  return draft_if_staged(*record, place);
}

void Uploads::adopt_part(const DraftPtr& scratch, image::Number number,
                         const std::string& name) {
  Draft::Part place;
  parts_.catalogue.update(number, [&](Record& record) {
    check_unfinished(record);
    place = place_of_part(record, name);
    if (!place) place = add_part(record, name);
    record.arrived.erase(name);
  });
  {
    const std::scoped_lock lock(mutex_);
    const auto before = drafts_.find({number, place});
    if (before != drafts_.end() && !before->second->has_writers()) {
      drafts_.erase(before);
    }
  }
  adopt_as(scratch, {number, place});
}

bool Uploads::is_of_set(const Draft& draft, const Record& record) const {
  if (draft.part()) return true;
  return may_be_vmdk(record, record.file_name) &&
         format::is_descriptor(*draft.snapshot());
}

// Whether what has arrived is there, after a restart.
bool Uploads::is_staged(const Record& record) {
  const auto is_there = [&](Draft::Part part) {
    return !is_sent(record, name_of_file(record, part)) ||
           stored_size(record, part) > 0 ||
           std::filesystem::exists(staging_path({record.number, part}));
  };
  for (std::size_t place = 0; place < record.parts.size(); ++place) {
    if (!is_there(place)) return false;
  }
  return is_there({});
}

bool Uploads::flush_of_set(const DraftPtr& draft, bool killed) {
  const image::Number number = draft->number();
  const std::scoped_lock one_at_a_time(set_mutex(number));
  const auto frozen = freeze_set(number);
  if (!draft->dirty_or_failed() || draft->aborted()) return false;
  if (killed || became_only_file(draft)) return commit_now(draft, killed);
  try {
    arrive(*draft);
    complete(number);
  } catch (const Error& problem) {
    if (!draft->aborted()) refuse(number, problem);
    draft->mark_clean();
    recount_set(frozen);
    throw;
  }
  recount_set(frozen);
  return !draft->empty();
}

// All files of the image that are staged. They are locked in the order of their
// addresses, as a part may become the descriptor and have another key then.
std::vector<Uploads::Frozen> Uploads::freeze_set(image::Number number) {
  std::vector<Frozen> frozen;
  {
    const std::scoped_lock lock(mutex_);
    const RecordPtr record = parts_.catalogue.find(number);
    if (!record) return frozen;
    const auto add = [&](Draft::Part part) {
      if (auto draft = draft_if_staged(*record, part)) {
        frozen.push_back({std::move(draft), {}});
      }
    };
    add({});
    for (std::size_t at = 0; at < record->parts.size(); ++at) add(at);
  }
  std::ranges::sort(frozen, std::less<>(),
                    [](const Frozen& one) { return one.draft.get(); });
  for (Frozen& one : frozen) one.lock = one.draft->freeze();
  return frozen;
}

// A part's name may be that of a disk of its own, or of a descriptor. Whether
// it is the former; either is the image's file from now on, if it has none.
bool Uploads::became_only_file(const DraftPtr& draft) {
  const RecordPtr record = parts_.catalogue.find(draft->number());
  const Draft::Part part = draft->part();
  if (!part || !record || !record->file_name.empty()) return false;
  const block::SourcePtr file = draft->snapshot();
  const std::string& name = name_of_file(*record, part);
  const bool descriptor =
      format::is_descriptor(*file) && may_be_vmdk(*record, name);
  if (!descriptor && !format::is_whole_vmdk(*file)) return false;
  {
    const std::scoped_lock lock(mutex_);
    const FileKey before(draft->number(), part);
    const FileKey after(draft->number(), Draft::Part());
    std::filesystem::rename(staging_path(before), staging_path(after));
    drafts_.erase(before);
    drafts_[after] = draft;
    draft->belong_to(after.first, after.second);
  }
  parts_.catalogue.update(draft->number(), [&](Record& changed) {
    changed.file_name = name;
    changed.parts[*part] = {};
  });
  return !descriptor;
}

// The file is whole, durably. REQUIRES: the set is frozen.
void Uploads::arrive(Draft& draft) {
  const Draft::Part part = draft.part();
  const FileKey key(draft.number(), part);
  draft.check_complete();
  draft.sync();
  sync_folder(staging_path(key).parent_path());
  draft.mark_clean();
  parts_.catalogue.update(key.first, [&](Record& record) {
    if (!draft.empty()) record.arrived.insert(name_of_file(record, part));
  });
}

// A part that is sent beside a whole disk would be lost without a word.
void Uploads::check_stands_alone(const Record& record) {
  for (std::size_t place = 0; place < record.parts.size(); ++place) {
    const DraftPtr part = find_part(record.number, place);
    if (!part || part->empty()) continue;
    throw Error(Errc::invalid, record.file_name +
                                   " is a disk of its own, and " +
                                   record.parts[place].name +
                                   " beside it a part of another one; remove "
                                   "one of them");
  }
}

// Looks again at a set of which a file went or was renamed. REQUIRES: its
// set_mutex() is held.
void Uploads::reconsider(image::Number number) {
  const auto frozen = freeze_set(number);
  try {
    complete(number);
  } catch (const Error& problem) {
    refuse(number, problem);
  }
}

// Commits the set if nothing is missing, or says what it waits for. REQUIRES:
// it is frozen, under its set_mutex().
void Uploads::complete(image::Number number) {
  const RecordPtr record = parts_.catalogue.find(number);
  if (!record || is_finished(*record)) return;
  if (names_of_files(*record).empty()) return wait(number, "");
  if (!is_sent(*record, record->file_name)) {
    return wait(number, waits_for_descriptor(*record));
  }
  const auto named = format::part_names(*file_of(*record, {}));
  check_part_names(record->file_name, named);
  const auto missing = missing_of(*record, named);
  if (!missing.empty()) {
    return wait(number, waits_for_parts(record->file_name, missing));
  }
  check_no_strangers(*record, named);
  commit_set(*record, named);
}

// Without a reason there is no file left.
void Uploads::wait(image::Number number, const std::string& reason) {
  parts_.catalogue.update(number, [&](Record& record) {
    record.status = reason.empty() ? Status::queued : Status::saving;
    record.status_reason = reason;
    if (reason.empty()) forget_disk(record);
  });
}

// One of the files as it was sent: staged, or stored when it is not being
// written again. REQUIRES: the set is frozen.
block::SourcePtr Uploads::file_of(const Record& record, Draft::Part part) {
  {
    const std::scoped_lock lock(mutex_);
    if (const DraftPtr draft = draft_if_staged(record, part)) {
      return snapshot_of(draft);
    }
  }
  return stored_file(record, part);
}

void Uploads::check_size(const ingest::SetUpload& upload) const {
  std::uint64_t bytes = upload.descriptor->size();
  for (const auto& part : upload.parts) bytes += part->size();
  if (bytes > options_.max_image_size) {
    throw Error(Errc::too_large, "the files have " + std::to_string(bytes) +
                                     " bytes together; max_image_size is " +
                                     std::to_string(options_.max_image_size));
  }
}

void Uploads::commit_set(const Record& record,
                         const std::vector<std::string>& names) {
  check_set_may_be_unsigned(record, options_.require_signature);
  parts_.quotas.check_bytes(record.project);
  ingest::SetUpload upload{
      file_of(record, {}), {}, {record.id.bytes, record.created_at}};
  for (const std::string& name : names) {
    upload.parts.push_back(file_of(record, place_of_part(record, name)));
  }
  check_size(upload);
  const ingest::IngestedSet taken =
      ingest::ingest_set(parts_.store, parts_.workers, upload);
  compare_pledge(record, *taken.disk.guest);
  const HashAlgorithm algorithm = algorithm_for(record);
  Hasher hasher(algorithm);
  ingest::hash_range(*upload.descriptor, 0, upload.descriptor->size(), hasher);
  const std::string hash = hasher.finish();
  check_hash(record, hash);
  count_as_stored(record.number);
  parts_.catalogue.update(record.number, [&](Record& changed) {
    become_active(changed, taken.disk);
    changed.os_hash_algo = name_of(algorithm);
    changed.os_hash_value = hash;
    for (std::size_t at = 0; at < names.size(); ++at) {
      const auto place = *place_of_part(changed, names[at]);
      changed.parts[place].original = taken.parts[at];
    }
    changed.arrived.clear();
  });
  log::debug("image active", {{"image", record.name},
                              {"format", name_of(taken.disk.format)},
                              {"files", names.size() + 1},
                              {"bytes", taken.disk.guest->size}});
  const std::scoped_lock lock(mutex_);
  settling_[record.number] = parts_.clock.now();
  pledges_.erase(record.number);
  drop_idle(record.number);
}

// What was sent as the same disk while the set was not whole must be it.
void Uploads::compare_pledge(const Record& record,
                             const image::DiskMap& guest) {
  const DraftPtr pledge = pledge_of(record.number);
  if (!pledge) return;
  if (!block::same_content(*guest_in(*pledge),
                           *image::open_disk(parts_.store, guest))) {
    throw Error(Errc::corrupt,
                "image \"" + record.name + "\" was sent another disk beside " +
                    record.file_name + "; make a new image for it");
  }
}

void Uploads::discard(image::Number number, Draft::Part part) {
  const std::scoped_lock one_at_a_time(set_mutex(number));
  const RecordPtr record = parts_.catalogue.find(number);
  if (!record) throw Error(Errc::not_found, "the image is gone");
  check_unfinished(*record);
  {
    const std::scoped_lock lock(mutex_);
    const auto draft = drafts_.find({number, part});
    if (draft != drafts_.end()) draft->second->abort();
    drop({number, part});
    pledges_.erase(number);
  }
  parts_.catalogue.update(number, [&](Record& changed) {
    forget_file(changed, part);
    if (part) {
      changed.parts.at(*part) = {};
    } else {
      changed.file_name.clear();
    }
  });
  reconsider(number);
}

void Uploads::rename(image::Number number, Draft::Part part,
                     const std::string& name) {
  const std::scoped_lock one_at_a_time(set_mutex(number));
  parts_.catalogue.update(number, [&](Record& record) {
    check_unfinished(record);
    if (names_of_files(record).count(name) > 0) {
      throw Error(Errc::exists,
                  "the image has a file \"" + name + "\" already");
    }
    const bool arrived = record.arrived.erase(name_of_file(record, part)) > 0;
    if (arrived) record.arrived.insert(name);
    (part ? record.parts.at(*part).name : record.file_name) = name;
  });
  const RecordPtr record = parts_.catalogue.find(number);
  if (record && !record->arrived.empty()) reconsider(number);
}

}  // namespace platter::service
