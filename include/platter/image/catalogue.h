// include/platter/image/catalogue.h
//
// The catalogue: every image's record, found by number and by name. Records
// are handed out whole and unchangeable; a change is made on a copy and put
// back in one durable batch.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "platter/image/record.h"
#include "platter/index/index.h"

namespace platter::image {

using RecordPtr = std::shared_ptr<const Record>;

// Thread-safe. Changes of the catalogue follow one another; readers never
// wait for them.
class Catalogue {
 public:
  // `index` and `clock` must outlive it.
  Catalogue(index::Index& index, const Clock& clock);
  ~Catalogue();

  // A number that no image had or will have. Numbers are taken from the index
  // in blocks, so a restart skips some.
  Number new_number();

  // nullptr if there is none.
  RecordPtr find(Number number) const;
  RecordPtr find(std::string_view project, Place place,
                 std::string_view name) const;

  // The images of a folder in the order of their names, from the first one
  // after `after`, until `visit` answers false.
  void list(std::string_view project, Place place, std::string_view after,
            const std::function<bool(const RecordPtr&)>& visit) const;
  // All images of the store, in the order of their numbers.
  void list_all(const std::function<bool(const RecordPtr&)>& visit) const;

  // Adds a new image and returns its record. Sets created_at and updated_at
  // unless created_at is set. Throws Errc::exists when the name is taken in
  // its folder.
  RecordPtr create(Record record);

  // Calls `change` on a copy of the record and puts that back; when it throws,
  // or leaves the record equal, nothing changes. updated_at moves. A changed
  // place or name moves the image there (Errc::exists when that is taken).
  // Throws Errc::not_found when there is no such image, Errc::invalid when
  // the change of status is not allowed. Durable on return.
  RecordPtr update(Number number, const std::function<void(Record&)>& change);

  // Forgets the image. No-op when there is none.
  void erase(Number number);

  // Images in a folder.
  std::uint64_t count(std::string_view project, Place place) const;

 private:
  struct Cache;

  index::Index& index_;
  const Clock& clock_;
  std::unique_ptr<Cache> cache_;
  std::mutex changes_;  // held over each change
};

}  // namespace platter::image
