// include/platter/ingest/ingest_set.h
//
// Turns a disk that was uploaded in several files into a stored image: the
// guest once, and each of the files so that it can be given back byte for byte.
#pragma once

#include <vector>

#include "platter/ingest/ingest.h"

namespace platter::ingest {

struct SetUpload {
  block::SourcePtr descriptor;
  // In the order of format::part_names().
  std::vector<block::SourcePtr> parts;
  format::Identity identity;
};

struct IngestedSet {
  Ingested disk;  // its original is the descriptor
  std::vector<image::Original> parts;
};

// Stores `upload`; as ingest() does. Throws what open_set() throws.
IngestedSet ingest_set(store::Store& store, Workers& workers,
                       const SetUpload& upload);

}  // namespace platter::ingest
