// include/platter/base/error.h
//
// The one failure type. Absence is no failure: answer it with std::optional.
// Only src/fuse turns an Errc into an errno; which one stands for which is
// said once, in docs/mount.md.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace platter {

enum class Errc {
  not_found,     // a name that the caller gave does not exist
  exists,        // ... or is taken
  not_empty,     // what is to go still holds something
  invalid,       // the request can never succeed as it was made
  denied,        // the caller's identity does not allow it
  forbidden,     // nobody may: protected, computed, not allowed in this place
  read_only,     // sealed data, a view, a folder that is worked out
  corrupt,       // an uploaded file contradicts its own format
  damaged,       // stored bytes fail their check: bit rot, or a lost pack
  mismatch,      // a declared checksum differs from the data's
  unsupported,   // valid, but a feature that is off or not there
  too_large,     // over a size limit of one file
  quota,         // over a limit of the project
  no_space,      // the store's disk is full
  busy,          // may succeed later
  no_key,        // a signature's certificate is not known, or there is none
  key_rejected,  // a signature is not the certificate's over this data
  no_data,       // an attribute that is not set
  remote,        // a server elsewhere failed, or sent what cannot be
  timed_out,     // ... or took longer than it was given
  cancelled,     // somebody asked for it to end
  io,            // the storage below failed
};

// A short stable name for logs and info/errors: "invalid", "no_space", ...
std::string_view name_of(Errc code) noexcept;
// Whether the store below could not be read or written: not for what was asked,
// and an operator has to see to it.
bool is_storage_trouble(Errc code) noexcept;

class Error : public std::runtime_error {
 public:
  // `what` is a sentence for a person: it names the object, the value and,
  // where there is one, the mend: "qcow2: cluster_bits is 40; 9 to 21 are
  // allowed".
  Error(Errc code, const std::string& what)
      : std::runtime_error(what), code_(code) {}

  Errc code() const noexcept { return code_; }

 private:
  Errc code_;
};

// The Error for a failed system call: `number` is its errno, `doing` says what
// was tried, on what ("write /srv/store/packs/7.pack"). ENOSPC and EDQUOT
// become no_space, ENOENT not_found, EEXIST exists, ENOTEMPTY not_empty, the
// rest io.
Error system_error(int number, const std::string& doing);

}  // namespace platter
