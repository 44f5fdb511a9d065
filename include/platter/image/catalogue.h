// include/platter/image/catalogue.h
//
// The catalogue: every image's record, found by number and by name. Records
// are handed out whole and unchangeable; a change is made on a copy and put
// back in one durable batch.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "platter/base/clock.h"
#include "platter/image/section.h"
#include "platter/index/index.h"

namespace platter::image {

using RecordPtr = std::shared_ptr<const Record>;

class FolderUsages;
class RecordCache;
class StatusCounts;

// What lies in a folder of a project, in all.
struct FolderUsage {
  std::uint64_t images = 0;
  std::uint64_t bytes = 0;  // that were uploaded

  bool operator==(const FolderUsage&) const = default;
};

// What lies in the folders of that place in all projects, in that state.
using ImageCounts = std::map<std::pair<Place, Status>, FolderUsage>;

// Thread-safe. Changes of the catalogue follow one another; readers never
// wait for them. No lock is held while a visitor runs.
class Catalogue {
 public:
  // `index` and `clock` must outlive it. `cache_bytes`: about how much memory
  // decoded records may take. A store that has no sections yet gets them.
  Catalogue(index::Index& index, const Clock& clock,
            std::uint64_t cache_bytes = 128 * kMiB);
  ~Catalogue();

  // A number that no image had or will have. Numbers are taken from the index
  // in blocks, so a restart skips some.
  Number new_number();

  // nullptr if there is none. Throws Errc::damaged, as all that reads does.
  RecordPtr find(Number number) const;
  RecordPtr find(std::string_view project, Place place,
                 std::string_view name) const;
  RecordPtr find(const ImageId& id) const;

  // The images of a folder in the order of their names, from the first one
  // after `after`, until `visit` answers false. An image that is moved
  // meanwhile may be visited or not.
  void list(std::string_view project, Place place, std::string_view after,
            const std::function<bool(const RecordPtr&)>& visit) const;
  // The images of a section as project `viewer` sees it, in the order of name
  // and owner, until `visit` answers false; hidden ones too, and its own.
  void list_section(Section section, std::string_view viewer,
                    const std::function<bool(const RecordPtr&)>& visit) const;
  // The image of that name in a section; `owner` empty: the first of that
  // name in the order of owners.
  RecordPtr find_in_section(Section section, std::string_view viewer,
                            std::string_view name,
                            std::string_view owner) const;

  // All images of the store, in the order of their numbers.
  void list_all(const std::function<bool(const RecordPtr&)>& visit) const;

  // Adds a new image and returns its record. Sets created_at and updated_at
  // unless created_at is set. Throws Errc::exists when an image or a pointer
  // has the name in its folder, or when an image had the id; Errc::invalid for
  // a name, project or member that is empty or holds a 0 byte. Durable on
  // return. REQUIRES: record.number is a new_number().
  RecordPtr create(Record record);

  // Calls `change` on a copy of the record and puts that back; when it throws,
  // or leaves the record equal, nothing changes. updated_at moves, unless the
  // image was sealed and no more. A changed
  // place or name moves the image there (Errc::exists when that is taken).
  // Throws Errc::not_found when there is no such image, Errc::invalid when
  // the change of status is not allowed, or number or id were changed.
  // Durable on return. `change` must not call the catalogue's changes.
  RecordPtr update(Number number, const std::function<void(Record&)>& change);

  // Forgets the image. No-op when there is none. Durable on return.
  void erase(Number number);

  // What lies in a folder. Reads all records once, at the first call; those
  // that are damaged do not count.
  FolderUsage usage(std::string_view project, Place place) const;

  // What the whole store has; as usage().
  ImageCounts counts() const;

  // Counts the changes since the start.
  std::uint64_t generation() const noexcept;
  // Is called after each change, in their order, with what was and what is
  // (nullptr: nothing). Must be quick, and not call the catalogue. Set before
  // others use the catalogue, or to none when they no longer do.
  using Listener = std::function<void(const RecordPtr&, const RecordPtr&)>;
  void set_listener(Listener listener);

 private:
  struct Stored {  // a record and its bytes in the index
    std::string bytes;
    RecordPtr record;
  };
  // A key that leads to an image, and the image's number.
  using Lead = std::pair<std::string, Number>;
  using Visitor = std::function<bool(const RecordPtr&)>;
  // Whether a key leads to the image, as it is by now.
  using Fits = std::function<bool(std::string_view key, const Record&)>;

  std::optional<Stored> stored(Number number) const;
  void check_free(const Record& record) const;
  void check_new_id(const Record& record) const;
  // Puts `after` in the place of `before`, durably. nullptr: there is none.
  void replace(const Stored* before, const RecordPtr& after);

  // Visits the images that the keys with that prefix lead to.
  void list_leads(index::KeySpace space, std::string_view prefix,
                  std::string_view after, const Fits& fits,
                  const Visitor& visit) const;
  std::vector<Lead> leads(index::KeySpace space, std::string_view prefix,
                          std::string_view after) const;
  std::vector<RecordPtr> records(const std::vector<Lead>& leads,
                                 const Fits& fits) const;

  index::Index& index_;
  const Clock& clock_;
  std::unique_ptr<RecordCache> cache_;
  std::unique_ptr<FolderUsages> usages_;
  std::unique_ptr<StatusCounts> counts_;
  Listener listener_;
  mutable std::mutex changes_;  // held over each change
  Number next_number_ = 0;      // guarded by changes_
  Number number_limit_ = 0;
};

}  // namespace platter::image
