// include/platter/capture/block_export.h
//
// A file that a qemu writes a disk into, through a socket and by the protocol
// for network block devices (NBD). The file stays this process's alone: qemu
// gets neither it nor its path, never waits for its close, and cannot make
// an unfinished copy look whole.
//
// When the file takes no more, the client is not told: a qemu whose backup
// fails fails what its guest writes at that moment. What is sent is passed over
// then, and failure() tells whoever made the export to end the copy in good
// order. Source: doc/proto.md of nbd.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "platter/base/error.h"
#include "platter/base/file.h"

namespace platter::capture {

class Descriptor;

// Thread-safe, but for client(), hand_over() and finish(), which are for the
// thread that made it.
class BlockExport {
 public:
  // Greets the client, which then waits until serve().
  BlockExport();
  // Cuts the client off.
  ~BlockExport();

  // Whether a client answered the greeting, or does within `limit`. REQUIRES:
  // not yet serve().
  bool has_client(std::chrono::milliseconds limit) const;
  // Once: serves all of `target`, which must outlive it and be as long as the
  // disk, to one client, on a thread of its own. Zeros are not written where
  // the file has holes.
  void serve(File& target);

  // The client's end of the socket, to be given to it.
  int client() const noexcept;
  // The client has its copy: without ours its end is noticed.
  void hand_over() noexcept;

  // Ends the connection: what the client has asked for fails at once, and with
  // it what a guest is writing.
  void disconnect() noexcept;
  // Waits until the client is gone. REQUIRES: serve(). Throws what the file
  // answered first, or Errc::invalid when the client broke the protocol.
  void finish();
  // What finish() would throw; nullopt: all was well so far. To be asked all
  // the time.
  std::optional<Error> failure() const;
  // Whether the file has kept one request waiting for that long.
  bool is_stuck(std::chrono::seconds limit) const;

 private:
  void run(File& target) noexcept;
  void fail(const Error& problem);

  std::unique_ptr<Descriptor> server_;
  std::unique_ptr<Descriptor> client_;
  // When the file was last asked for something it has not answered, in
  // nanoseconds of the steady clock; 0: nothing.
  std::atomic<std::int64_t> asked_at_{0};

  mutable std::mutex mutex_;  // guards what follows
  std::optional<Error> failure_;

  std::thread thread_;
};

}  // namespace platter::capture
