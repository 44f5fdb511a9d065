// src/ingest/recognise.h
//
// What an uploaded file is taken as, from what it holds, what it is called and
// what was said of it before.
#pragma once

#include "platter/ingest/ingest.h"

namespace platter::ingest {

struct Recognised {
  format::Format format = format::Format::raw;
  // As Ingested has it.
  std::string looks_like;
};

// The content decides, but for a disk that was declared raw: any bytes are
// that. Throws what format::probe() throws, and Errc::invalid when the file's
// name or the declared format contradicts the content.
Recognised recognise(const Upload& upload);

}  // namespace platter::ingest
