// include/platter/capture/monitor.h
//
// A running qemu's monitor, by the QEMU Machine Protocol: commands with
// answers, events that come unasked, and descriptors that are handed over.
// Knows nothing of images.
// Source: docs/interop/qmp-spec of qemu.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>

#include "platter/base/file.h"
#include "platter/json/json.h"

namespace platter::capture {

class LineSocket;

// For one thread at a time.
class Monitor {
 public:
  // How long qemu may take to answer: its main loop may be at something else.
  static constexpr std::chrono::seconds kPatience{30};
  // Of events that nobody asked for, so many are remembered.
  static constexpr std::size_t kMaxEvents = 100;

  // Connects, and agrees on capabilities. Throws Errc::not_found when nobody
  // listens at `socket`, Errc::denied, Errc::busy when qemu does not greet in
  // time (a monitor serves one client at a time), Errc::invalid when what
  // answers is no monitor.
  explicit Monitor(const Path& socket,
                   std::chrono::milliseconds patience = kPatience);
  ~Monitor();

  // What the command returns. Throws, with qemu's own words, Errc::not_found
  // for a device that is not there, Errc::unsupported for a command that it
  // does not know, Errc::invalid for any other refusal; Errc::io when the
  // machine has ended, Errc::busy when it does not answer in time.
  json::Json execute(const std::string& command,
                     const json::Json& arguments = json::Json::object());
  // Gives qemu a copy of `descriptor` under a name, which the next command that
  // asks for it uses up. Throws as execute() does.
  void give_descriptor(const std::string& name, int descriptor);

  // Whether an event of that name is there, or comes within `limit`; it is
  // forgotten then. A signal may end the wait early.
  bool wait_for_event(const std::string& name, std::chrono::milliseconds limit);

 private:
  json::Json run(const std::string& command, const json::Json& arguments,
                 int descriptor);
  void greet();
  bool take_event(const std::string& name);
  void remember(const json::Json& event);

  std::unique_ptr<LineSocket> socket_;
  std::chrono::milliseconds patience_;
  std::uint64_t last_id_ = 0;
  std::deque<std::string> events_;
};

}  // namespace platter::capture
