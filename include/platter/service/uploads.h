// include/platter/service/uploads.h
//
// Uploads: the files that are being written. A draft takes writes in any
// order, becomes an image's disk when its writer closes it, and stays
// writable until it is sealed. The states are those of docs/mount.md.
//
// A disk in several files, a set, is a descriptor and its parts, each a draft.
// What is closed waits until the last of them is.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <vector>

#include "platter/base/error.h"
#include "platter/base/workers.h"
#include "platter/image/catalogue.h"
#include "platter/ingest/ingest_set.h"
#include "platter/service/draft.h"
#include "platter/service/late_hashes.h"
#include "platter/service/options.h"
#include "platter/service/quotas.h"
#include "platter/store/store.h"

namespace platter::service {

// Whether some files of a set were sent, and others are missing.
bool is_waiting(const image::Record& record);

// Thread-safe.
class Uploads {
 public:
  struct Parts {
    store::Store& store;
    image::Catalogue& catalogue;
    Workers& workers;
    const Quotas& quotas;
    const Clock& clock;
  };

  // The parts must outlive it. `options.staging` is made when missing.
  Uploads(const Parts& parts, const Options& options);

  // Once, before the mount serves: uploads that the last run left unfinished
  // become interrupted, what it left unsealed is sealed, and staging that no
  // image names is removed.
  void recover();

  // The image's file for one more writer; `truncate` empties it first. Throws
  // Errc::read_only when its data is sealed, Errc::quota when its project has
  // as many uploads under way as it may. Every open needs one close().
  DraftPtr open(image::Number number, bool truncate);
  // As open(), of the image's part of that name, which is made when missing.
  // Throws Errc::quota when the image has as many as it may, or its project as
  // many uploads.
  DraftPtr open_part(image::Number number, const std::string& name,
                     bool truncate);
  // Whether a file of that name, sent to an image without a disk, is a part:
  // the descriptor names it, or tools name parts so.
  bool takes_part(image::Number number, const std::string& name);
  // A file that is no image's yet, under a number of its own, with a writer.
  // Its bytes count as that project's.
  DraftPtr open_scratch(const std::string& project);
  // A second disk file for an image that has one or waits for the rest of it:
  // it must hold the same disk, which is found out when it is closed, or when
  // the set is whole. With a writer.
  DraftPtr open_twin(image::Number number);

  // Throw Errc::quota when the project may not have so many bytes,
  // Errc::too_large, no_space, io; flush() then refuses the file.
  void write(Draft& draft, std::uint64_t offset, ByteView bytes);
  void resize(Draft& draft, std::uint64_t size);

  // A writer closes the file. If it was written to since the last time, its
  // content is checked and stored, and the image is active when this returns;
  // of a set, when this was the last file that was missing.
  // `killed`: the writer died by a signal; the upload is interrupted instead.
  // Answers whether something was taken. Throws what is wrong with the
  // content, or why not all of it is here, if a write failed; the image's
  // status and status_reason then say so, and it can be written again.
  bool flush(const DraftPtr& draft, bool killed);
  // The writer is gone. Drops what nobody needs any more.
  void close(const DraftPtr& draft);

  // The draft of an image that is being written or waits to be resumed;
  // nullptr when there is none.
  DraftPtr find(image::Number number);
  // ... of its part at that place of the record.
  DraftPtr find_part(image::Number number, std::size_t place);

  // Whether somebody has a file of the image open for writing.
  bool is_written(image::Number number) const;

  // Gives a scratch file's content to an image without data; committed at
  // once if nobody has it open, else when its writer closes it.
  void adopt(const DraftPtr& scratch, image::Number number);
  // ... as its part of that name. What was sent of it before makes room.
  void adopt_part(const DraftPtr& scratch, image::Number number,
                  const std::string& name);

  // A writer says that what it sends will never be whole: the closes of the
  // files that are being written are refused for that reason, and the image is
  // interrupted. Throws Errc::invalid when nobody writes, or the reason is no
  // text of 1 to kMaxReason bytes; Errc::read_only when it is sealed.
  static constexpr std::size_t kMaxReason = 1024;
  void give_up(image::Number number, const std::string& reason);

  // From now on the image's data never changes. No-op when sealed.
  void seal(image::Number number);
  // Throws away what is staged under the number; its writers get
  // Errc::not_found.
  void abort(image::Number number);

  // Throws away a file of an unfinished upload; when nothing is left, the image
  // is queued again. Throws Errc::read_only when its data is whole.
  void discard(image::Number number, Draft::Part part = {});
  // Gives a file of an unfinished upload another name. Throws Errc::exists.
  void rename(image::Number number, Draft::Part part, const std::string& name);

  // Seals what has settled. Called about once a second.
  void settle();

 private:
  using FileKey = std::pair<image::Number, Draft::Part>;
  // A draft that nobody writes to while this lives.
  struct Frozen {
    DraftPtr draft;
    std::unique_lock<std::shared_mutex> lock;
  };

  Path staging_path(const FileKey& key) const;
  Path parts_folder(image::Number number) const;
  DraftPtr make_draft(const FileKey& key, const std::string& project,
                      block::SourcePtr base);
  DraftPtr draft_of(const image::Record& record, Draft::Part part);
  block::SourcePtr stored_file(const image::Record& record,
                               Draft::Part part) const;
  DraftPtr draft_if_staged(const image::Record& record, Draft::Part part);
  DraftPtr opened(DraftPtr draft, bool truncate);
  void adopt_as(const DraftPtr& scratch, const FileKey& key);
  bool has_drafts(image::Number number) const;
  void add_writer(Draft& draft);
  void begin(Draft& draft, std::uint64_t offset, ByteView bytes);
  void begin_writing(Draft& draft);
  void make_room(Draft& draft, std::uint64_t size);
  void recount(Draft& draft);
  void count_as_stored(image::Number number);
  void count_staged(image::Number number);
  void forget_data(image::Number number, Draft::Part part);
  HashAlgorithm algorithm_for(const image::Record& record) const;
  void check_hash(const image::Record& record, const std::string& hash) const;
  archive::Limits unwrap_limits() const;
  ingest::Upload upload_of(const Draft& draft) const;
  std::string check_signature(const image::Record& record, const Draft& draft,
                              HashAlgorithm algorithm,
                              const std::string& hash) const;
  ingest::Ingested take(Draft& draft, const image::Record& record);
  void commit(Draft& draft);
  bool commit_now(const DraftPtr& draft, bool killed);
  void become_active(image::Record& record, const ingest::Ingested& taken);
  block::SourcePtr guest_in(const Draft& draft) const;
  block::SourcePtr guest_in(const image::Record& record) const;
  void compare_twin(const DraftPtr& twin, image::Number number);
  DraftPtr pledge_of(image::Number number) const;
  std::optional<image::Number> twin_of(image::Number number);
  void refuse(image::Number number, const Error& problem);
  void flush_scratch(Draft& draft);
  void drop(const FileKey& key);
  void drop_idle(image::Number number);

  // Of sets.
  bool is_of_set(const Draft& draft, const image::Record& record) const;
  bool is_staged(const image::Record& record);
  void check_stands_alone(const image::Record& record);
  bool flush_of_set(const DraftPtr& draft, bool killed);
  std::vector<Frozen> freeze_set(image::Number number);
  void recount_set(const std::vector<Frozen>& files);
  bool became_only_file(const DraftPtr& draft);
  void arrive(Draft& draft);
  void reconsider(image::Number number);
  void complete(image::Number number);
  void wait(image::Number number, const std::string& reason);
  block::SourcePtr file_of(const image::Record& record, Draft::Part part);
  void check_size(const ingest::SetUpload& upload) const;
  void commit_set(const image::Record& record,
                  const std::vector<std::string>& names);
  void compare_pledge(const image::Record& record, const image::DiskMap& guest);
  std::mutex& set_mutex(image::Number number) {
    return set_mutexes_[number % set_mutexes_.size()];
  }

  Parts parts_;
  Options options_;
  LateHashes late_hashes_;
  // Held while a file of a set is closed, by the image's number.
  std::array<std::mutex, 16> set_mutexes_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<FileKey, DraftPtr> drafts_;
  std::map<image::Number, image::Number> twins_;  // draft's number -> image's
  // Image that waits for the rest of a set -> a twin to compare that with.
  std::map<image::Number, DraftPtr> pledges_;
  std::map<image::Number, Timestamp> settling_;  // image -> last commit
};

}  // namespace platter::service
