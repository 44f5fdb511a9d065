// include/platter/capture/guest_agent.h
//
// The agent in a guest, qemu-ga, which brings the guest's file systems to rest.
// Source: docs/interop/qemu-ga-ref of qemu.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "platter/base/file.h"
#include "platter/capture/monitor.h"

namespace platter::capture {

// The host's end of the machine's channel to its agent; nullopt: it has none
// that is a unix socket.
std::optional<Path> find_agent(Monitor& monitor);

// For one thread at a time.
class GuestAgent {
 public:
  static constexpr std::chrono::seconds kPatience{10};

  // Connects, and makes sure that the agent answers. Throws Errc::not_found,
  // Errc::denied; Errc::busy when it does not answer in time.
  explicit GuestAgent(const Path& socket,
                      std::chrono::milliseconds patience = kPatience);
  ~GuestAgent();

  // Every file system of the guest is consistent, and nothing is written, until
  // thaw(). Throws Errc::invalid with the agent's words, Errc::busy when it is
  // not done in time, Errc::io; thaw() has to follow all the same.
  void freeze();
  void thaw();

 private:
  json::Json execute(const std::string& command,
                     const json::Json& arguments = json::Json::object());
  void sync();

  std::unique_ptr<LineSocket> socket_;
  std::chrono::milliseconds patience_;
};

// A guest at rest for as long as this lives, or until thaw().
class Frozen {
 public:
  // `agent` must outlive it; nullptr: nothing is frozen. Throws what freeze()
  // throws; the guest is thawed then.
  explicit Frozen(GuestAgent* agent);
  ~Frozen();
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;

  // Throws what GuestAgent::thaw() throws.
  void thaw();

 private:
  void thaw_quietly() noexcept;

  GuestAgent* agent_;
};

}  // namespace platter::capture
