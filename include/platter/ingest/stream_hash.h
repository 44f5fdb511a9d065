// include/platter/ingest/stream_hash.h
//
// The published hash of an upload, worked out while its bytes arrive.
//
// Most tools write a file from its start to its end, so the hash follows the
// highest byte written, on a worker's time. Where a tool later writes below
// what was hashed, the work is thrown away and done again at the end.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "platter/base/digest.h"
#include "platter/base/workers.h"
#include "platter/ingest/staging.h"

namespace platter::ingest {

// Gives the bytes of [begin, end) to `hasher`; holes are not read. REQUIRES:
// the range lies within the source.
void hash_range(const block::ByteSource& source, std::uint64_t begin,
                std::uint64_t end, Hasher& hasher);

// Thread-safe.
class StreamHash {
 public:
  // Both must outlive it.
  StreamHash(HashAlgorithm algorithm, const Staging& staging, Workers& workers);
  // Waits for a job under way.
  ~StreamHash();

  // Bytes of [offset, offset + length) were written just now.
  void written(std::uint64_t offset, std::uint64_t length);
  // The file was cut or grown.
  void resized();

  // Bytes that finish() would have to hash.
  std::uint64_t left() const;
  // Throws the work away; following begins anew with the next write.
  void give_up();

  // The hash, in hex, of the whole file by `algorithm`, which had better be
  // the one that was followed; what is written after begins a new one.
  // REQUIRES: no write until it returns.
  std::string finish(HashAlgorithm algorithm);

 private:
  void schedule();
  void follow();
  void start_again(HashAlgorithm algorithm);

  HashAlgorithm algorithm_;
  const Staging& staging_;
  Workers& workers_;
  Hasher hasher_;  // used by the one that set running_

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable idle_;
  bool running_ = false;
  bool broken_ = false;        // a write came below hashed_
  std::uint64_t hashed_ = 0;   // bytes given to hasher_
  std::uint64_t written_ = 0;  // end of the highest write
};

}  // namespace platter::ingest
