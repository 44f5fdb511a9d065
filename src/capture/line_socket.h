// src/capture/line_socket.h
//
// A unix socket whose two ends speak in lines, as qemu's monitor and its guest
// agent do. Never waits longer than it is told to.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "descriptor.h"
#include "platter/base/file.h"

namespace platter::capture {

using Milliseconds = std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

// For one thread at a time.
class LineSocket {
 public:
  // The longest line that is taken, in bytes.
  static constexpr std::size_t kMaxLine = 16 * kMiB;

  // Connects. Throws Errc::not_found when nobody listens there, Errc::denied,
  // Errc::busy when too many wait to be let in already.
  explicit LineSocket(const Path& path);

  const Path& path() const noexcept { return path_; }

  // Sends a line, and a copy of `descriptor` with it unless that is negative.
  // Throws Errc::io when the other end is gone, Errc::busy when it takes
  // nothing until `deadline`.
  void send(const std::string& line, SteadyTime deadline, int descriptor = -1);
  // The next line without its end; nullopt: none came until then. Throws
  // Errc::io when the other end is gone, Errc::too_large.
  std::optional<std::string> receive(SteadyTime deadline);

 private:
  bool wait_for(short events, SteadyTime deadline);
  std::optional<std::string> next_line();

  Path path_;
  Descriptor socket_;
  std::string received_;
  std::size_t searched_ = 0;  // no line ends before, in what was received
};

}  // namespace platter::capture
