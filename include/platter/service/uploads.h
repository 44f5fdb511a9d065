// include/platter/service/uploads.h
//
// Uploads: the files that are being written. A draft takes writes in any
// order, becomes an image's disk when its writer closes it, and stays
// writable until it is sealed. The states are those of docs/mount.md.
#pragma once

#include <map>
#include <mutex>

#include "platter/base/error.h"
#include "platter/base/workers.h"
#include "platter/image/catalogue.h"
#include "platter/ingest/ingest.h"
#include "platter/service/draft.h"
#include "platter/service/late_hashes.h"
#include "platter/service/options.h"
#include "platter/store/store.h"

namespace platter::service {

// Thread-safe.
class Uploads {
 public:
  struct Parts {
    store::Store& store;
    image::Catalogue& catalogue;
    Workers& workers;
    const Clock& clock;
  };

  // The parts must outlive it. `options.staging` is made when missing.
  Uploads(const Parts& parts, const Options& options);

  // Once, before the mount serves: uploads that the last run left unfinished
  // become interrupted, what it left unsealed is sealed, and staging that no
  // image names is removed.
  void recover();

  // The image's file for one more writer; `truncate` empties it first. Throws
  // Errc::read_only when its data is sealed. Every open needs one close().
  DraftPtr open(image::Number number, bool truncate);
  // A file that is no image's yet, under a number of its own, with a writer.
  DraftPtr open_scratch();
  // A second disk file for an image that has one: it must hold the same disk,
  // which is found out when it is closed. With a writer.
  DraftPtr open_twin(image::Number number);

  void write(Draft& draft, std::uint64_t offset, ByteView bytes);
  void resize(Draft& draft, std::uint64_t size);

  // A writer closes the file. If it was written to since the last time, its
  // content is checked and stored, and the image is active when this returns.
  // `killed`: the writer died by a signal; the upload is interrupted instead.
  // Throws what is wrong with the content; the image's status and
  // status_reason then say so, and it can be written again.
  void flush(const DraftPtr& draft, bool killed);
  // The writer is gone. Drops what nobody needs any more.
  void close(const DraftPtr& draft);

  // The draft of an image that is being written or waits to be resumed;
  // nullptr when there is none.
  DraftPtr find(image::Number number);

  // Gives a scratch file's content to an image without data; committed at
  // once if nobody has it open, else when its writer closes it.
  void adopt(const DraftPtr& scratch, image::Number number);

  // From now on the image's data never changes. No-op when sealed.
  void seal(image::Number number);
  // Throws away what is staged under the number; its writers get
  // Errc::not_found.
  void abort(image::Number number);

  // Throws away an unfinished upload; the image is queued again. Throws
  // Errc::read_only when its data is whole.
  void discard(image::Number number);

  // Seals what has settled. Called about once a second.
  void settle();

 private:
  Path staging_path(image::Number number) const;
  DraftPtr make_draft(image::Number number, block::SourcePtr base);
  DraftPtr draft_of(const image::Record& record);
  void begin_writing(Draft& draft);
  void forget_data(image::Number number);
  HashAlgorithm algorithm_for(const image::Record& record) const;
  void check_hash(const image::Record& record, const std::string& hash) const;
  ingest::Upload upload_of(const Draft& draft) const;
  std::string check_signature(const image::Record& record, const Draft& draft,
                              HashAlgorithm algorithm,
                              const std::string& hash) const;
  ingest::Ingested take(const Draft& draft, const image::Record& record);
  void commit(Draft& draft);
  bool same_disk(const Draft& twin, const image::Record& record);
  void compare_twin(Draft& twin, image::Number number);
  std::optional<image::Number> twin_of(image::Number number);
  void refuse(Draft& draft, const Error& problem);
  void drop(image::Number number);

  Parts parts_;
  Options options_;
  LateHashes late_hashes_;
  std::mutex mutex_;  // guards what follows
  std::map<image::Number, DraftPtr> drafts_;
  std::map<image::Number, image::Number> twins_;  // draft's number -> image's
  std::map<image::Number, Timestamp> settling_;   // image -> last commit
};

}  // namespace platter::service
