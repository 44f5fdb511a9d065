// include/platter/ingest/inspect.h
//
// What an upload would be taken as, or why it would be refused: what ingest()
// finds out, by the same code, and nothing is stored.
#pragma once

#include "platter/base/error.h"
#include "platter/format/description.h"
#include "platter/ingest/ingest.h"

namespace platter::ingest {

// Of a file that is refused, what was found until then.
struct Inspection {
  std::uint64_t file_size = 0;  // of the uploaded file
  std::string wrapper;          // as Record has it
  // The format whose marks the disk file has, in words: "qcow2", "QED"; those
  // of several with commas between. Empty when it was not looked at.
  std::string format;
  // Its compression is empty when nothing is compressed.
  format::Description description;
  // Bytes of the guest that are data; nullopt: it is not read.
  std::optional<std::uint64_t> allocated;
  std::optional<Error> refusal;
};

// Looks at all that ingest() checks; follows no reference. Throws what is not
// the file's fault: Errc::io, Errc::no_space (a compressed one is unpacked in
// upload.scratch).
Inspection inspect(const Upload& upload);

}  // namespace platter::ingest
