// include/platter/service/options.h
//
// What an operator sets of the service; the configuration's `[images]` table.
#pragma once

#include <chrono>
#include <set>
#include <string>

#include "platter/base/bytes.h"
#include "platter/base/digest.h"
#include "platter/base/file.h"
#include "platter/ingest/ingest.h"

namespace platter::service {

struct Options {
  Path staging;  // a folder for what is being uploaded
  HashAlgorithm hash_algorithm = HashAlgorithm::sha256;
  std::uint64_t max_image_size = 64 * kTiB;
  // How many times its own size a compressed upload may hold; see
  // archive::Limits.
  std::uint64_t max_unpack_ratio = 200;
  // Of uploads whose disk is compressed. Signed ones are kept as they are.
  ingest::Keep keep_original = ingest::Keep::exact;
  // More bytes than this are hashed after close() has returned.
  std::uint64_t hash_at_close = 8 * kGiB;
  // Where NAME.pem is the certificate that signatures call NAME; empty: none
  // is known.
  Path certificates;
  // Visibilities whose images have to be signed, and projects, as
  // "project:NAME".
  std::set<std::string> require_signature;
  // How long a finished upload may still be written to by its owner.
  std::chrono::seconds settle{5};
  // How long an interrupted upload waits to be resumed.
  std::chrono::seconds upload_ttl{24 * 3600};
  // How long removed images stay in the trash.
  std::chrono::seconds trash_ttl{30 * 24 * 3600};
  // How long an image whose disk file was unlinked waits for a new one.
  std::chrono::seconds replace_ttl{60};
};

}  // namespace platter::service
