// include/platter/ingest/unwrap_ahead.h
//
// A compressed upload is unpacked while it arrives, so that nobody waits for
// that when it is closed. What comes of it counts only when the file was sent
// from its start to its end; whatever else happens, the file is unpacked when
// it is whole, as if nothing had been done.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "platter/archive/archive.h"
#include "platter/ingest/staging.h"

namespace platter::ingest {

struct AheadUnwrapped {
  archive::Wrapper wrapper = archive::Wrapper::gz;
  archive::Unwrapped disk;
};

// Thread-safe. Has a thread of its own while a compressed file arrives.
class UnwrapAhead {
 public:
  // `staging` must outlive it. `folder`, `limits`: as unwrap() takes them.
  UnwrapAhead(const Staging& staging, Path folder,
              const archive::Limits& limits);
  ~UnwrapAhead();
  UnwrapAhead(const UnwrapAhead&) = delete;
  UnwrapAhead& operator=(const UnwrapAhead&) = delete;

  // Bytes of [offset, offset + length) are staged now. Called before anybody is
  // told that they are.
  void written(std::uint64_t offset, std::uint64_t length);
  // The file was cut or grown.
  void resized(std::uint64_t size);
  // Who sent it is gone: ends the work, for good.
  void stop();

  // The file is whole and has that size: waits for what is left to unpack.
  // nullopt: it is no compressed file, or has to be unpacked anew. Later calls
  // answer nullopt. REQUIRES: no write until it returns.
  std::optional<AheadUnwrapped> finish(std::uint64_t size);

 private:
  class Feed;

  void begin();
  void work(archive::Wrapper wrapper);
  void join();
  std::size_t wait_for(std::uint64_t offset, std::size_t length);

  const Staging& staging_;
  const Path folder_;
  const archive::Limits limits_;
  std::thread thread_;
  std::mutex joining_;  // held while it is waited for

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  RangeSet arrived_;
  std::uint64_t taken_ = 0;           // bytes that were read to be unpacked
  std::optional<std::uint64_t> end_;  // the file's size, when it is whole
  bool decided_ = false;              // whether there is something to do
  bool over_ = false;                 // nothing can come of it any more
  std::optional<AheadUnwrapped> result_;
};

}  // namespace platter::ingest
