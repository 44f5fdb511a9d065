// src/capture/guest_agent.cpp
#include "platter/capture/guest_agent.h"

#include <random>
#include <vector>

#include "line_socket.h"
#include "platter/base/error.h"
#include "platter/base/log.h"

namespace platter::capture {

using json::Json;

namespace {

constexpr const char* kPort = "org.qemu.guest_agent.0";

// What qemu lists there; nothing where it has no such folder.
Json devices_in(Monitor& monitor, const std::string& folder) {
  try {
    return monitor.execute("qom-list", {{"path", folder}});
  } catch (const Error& problem) {
    if (problem.code() != Errc::not_found) throw;
    return Json::array();
  }
}

// The labels of the channels that lead to a port of that name, and the name
// itself, as some label the channel so.
std::vector<std::string> labels_of_port(Monitor& monitor) {
  std::vector<std::string> labels{kPort};
  for (const std::string folder :
       {"/machine/peripheral", "/machine/peripheral-anon"}) {
    for (const Json& device : devices_in(monitor, folder)) {
      if (device.value("type", "") != "child<virtserialport>") continue;
      const std::string path = folder + "/" + device.value("name", "");
      const auto get = [&](const char* property) {
        return monitor.execute("qom-get",
                               {{"path", path}, {"property", property}});
      };
      if (get("name") == kPort) labels.push_back(get("chardev"));
    }
  }
  return labels;
}

// The path of "unix:/run/qga.sock,server=on", which may be "disconnected:".
std::optional<Path> socket_in(std::string text) {
  const std::string unused = "disconnected:";
  const std::string kind = "unix:";
  if (text.starts_with(unused)) text.erase(0, unused.size());
  if (!text.starts_with(kind)) return std::nullopt;
  return Path(text.substr(kind.size(), text.find(',') - kind.size()));
}

}  // namespace

std::optional<Path> find_agent(Monitor& monitor) {
  const auto labels = labels_of_port(monitor);
  for (const Json& channel : monitor.execute("query-chardev")) {
    for (const std::string& label : labels) {
      if (channel.value("label", "") != label) continue;
      if (auto socket = socket_in(channel.value("filename", ""))) return socket;
    }
  }
  return std::nullopt;
}

GuestAgent::GuestAgent(const Path& socket, Milliseconds patience)
    : socket_(std::make_unique<LineSocket>(socket)), patience_(patience) {
  sync();
}

GuestAgent::~GuestAgent() = default;

// What an earlier client asked may still be answered: only the answer with the
// number that we send is ours.
void GuestAgent::sync() {
  const int id = static_cast<int>(std::random_device{}() >> 2);
  const SteadyTime deadline = std::chrono::steady_clock::now() + patience_;
  socket_->send(
      json::one_line({{"execute", "guest-sync"}, {"arguments", {{"id", id}}}}),
      deadline);
  while (std::chrono::steady_clock::now() < deadline) {
    const auto line = socket_->receive(deadline);
    if (!line) continue;
    const Json answer = json::parse_object(*line, "the guest agent's answer");
    if (answer.value("return", Json()) == id) return;
  }
  throw Error(Errc::busy,
              "the guest agent at " + socket_->path().string() +
                  " does not answer: it does not run in the guest, or somebody "
                  "else talks to it; capture without --freeze, or start it");
}

Json GuestAgent::execute(const std::string& command, const Json& arguments) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + patience_;
  socket_->send(
      json::one_line({{"execute", command}, {"arguments", arguments}}),
      deadline);
  while (std::chrono::steady_clock::now() < deadline) {
    const auto line = socket_->receive(deadline);
    if (!line) continue;
    const Json answer = json::parse_object(*line, "the guest agent's answer");
    if (!answer.contains("error")) return answer.value("return", Json());
    throw Error(Errc::invalid,
                "the guest agent refuses " + command + ": " +
                    answer["error"].value("desc", "it does not say why"));
  }
  throw Error(Errc::busy, "the guest agent was not done with " + command +
                              " in time; the machine was left as it is");
}

void GuestAgent::freeze() { execute("guest-fsfreeze-freeze"); }

void GuestAgent::thaw() {
  // A freeze that came too late is answered before it; whether or not that
  // comes, thawing is asked for.
  try {
    sync();
  } catch (const Error&) {
  }
  execute("guest-fsfreeze-thaw");
}

Frozen::Frozen(GuestAgent* agent) : agent_(agent) {
  if (agent_ == nullptr) return;
  try {
    agent_->freeze();
  } catch (...) {
    thaw_quietly();
    throw;
  }
}

Frozen::~Frozen() { thaw_quietly(); }

void Frozen::thaw_quietly() noexcept {
  try {
    thaw();
  } catch (const std::exception& problem) {
    log::error("cannot thaw the guest", {{"why", problem.what()}});
  }
}

void Frozen::thaw() {
  if (agent_ == nullptr) return;
  // Once only, whatever comes of it.
  std::exchange(agent_, nullptr)->thaw();
}

}  // namespace platter::capture
