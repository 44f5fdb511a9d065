// src/ingest/unwrap.h
//
// An upload, taken out of what it was sent in.
#pragma once

#include "platter/ingest/ingest.h"

namespace platter::ingest {

struct DiskFile {
  // As it was sent, but for `file` and `file_name`, which are the disk file's.
  Upload upload;
  // As Ingested has it.
  std::string wrapper;
  // Where in the uploaded file this one lies as it is; nullopt when it is
  // compressed there.
  std::optional<std::uint64_t> offset = 0;
};

// Content and name must agree on whether there is a wrapper. A disk that was
// declared raw is taken as it is, unless its name or the declared container
// says that it lies in one. Throws Errc::invalid when they contradict each
// other, and what archive::unwrap() throws.
DiskFile unwrapped(const Upload& upload);

// "ova", "compressed", or "bare" for no wrapper: the words of Glance for what
// Ingested calls a wrapper.
std::string container_of(std::string_view wrapper);

}  // namespace platter::ingest
