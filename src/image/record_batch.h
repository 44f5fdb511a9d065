// src/image/record_batch.h
//
// What a change of an image writes: its record and every key that leads to it,
// together.
#pragma once

#include <string>

#include "platter/image/record.h"
#include "platter/index/index.h"

namespace platter::image {

// A record and its bytes in the index.
struct RecordBytes {
  const Record* record = nullptr;  // nullptr: there is none
  std::string_view bytes;
};

// `after` in the place of `before`, at `now`. Expects what it replaces, and
// that no pointer has a name that the image takes. REQUIRES: one of them is
// there.
index::Batch batch_of(const RecordBytes& before, const RecordBytes& after,
                      Timestamp now);

// Adds the keys that stores of 0.1 lack: the image's id, and its sections.
void add_sections(index::Batch& batch, const Record& record);

}  // namespace platter::image
