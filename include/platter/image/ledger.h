// include/platter/image/ledger.h
//
// The ledger: which images each project held, how large, from when to when.
// What is held now is said by the records; what was held once is in
// KeySpace::usage, written in the batch that ended it, so that no crash comes
// between an image and what is said of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "platter/image/catalogue.h"

namespace platter::image {

// A time in which a project held an image: it lay in images/, whole, with as
// many bytes.
struct Holding {
  std::string project;
  Number number = 0;
  ImageId id;
  std::string name;                // the last one in that time
  std::uint64_t bytes = 0;         // that were uploaded
  std::uint64_t stored_bytes = 0;  // as Record::stored_size
  Timestamp from;
  Timestamp until;  // "never": it is held still

  bool operator==(const Holding&) const = default;
};

// Thread-safe.
class Ledger {
 public:
  // Both must outlive it.
  Ledger(const index::Index& index, const Catalogue& catalogue);

  // Calls `visit` for each holding of the project (nullopt: of every project,
  // also one that is gone) that ended after `from` or is there still, in no
  // particular order. Damaged entries are logged and passed over.
  void list(const std::optional<std::string>& project, Timestamp from,
            const std::function<void(const Holding&)>& visit) const;

 private:
  const index::Index& index_;
  const Catalogue& catalogue_;
};

}  // namespace platter::image
