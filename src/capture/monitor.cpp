// src/capture/monitor.cpp
#include "platter/capture/monitor.h"

#include <algorithm>

#include "line_socket.h"
#include "platter/base/error.h"

namespace platter::capture {

using json::Json;

namespace {

SteadyTime after(Milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

Error refusal_of(const std::string& command, const Json& error) {
  const std::string kind = error.value("class", "");
  const Errc code = kind == "DeviceNotFound"    ? Errc::not_found
                    : kind == "CommandNotFound" ? Errc::unsupported
                                                : Errc::invalid;
  return Error(code, "qemu refuses " + command + ": " +
                         error.value("desc", "it does not say why"));
}

}  // namespace

Monitor::Monitor(const Path& socket, Milliseconds patience)
    : socket_(std::make_unique<LineSocket>(socket)), patience_(patience) {
  greet();
  execute("qmp_capabilities");
}

Monitor::~Monitor() = default;

void Monitor::greet() {
  const std::string name = socket_->path().string();
  const auto line = socket_->receive(after(patience_));
  if (!line) {
    throw Error(Errc::busy,
                name +
                    " does not answer: a monitor serves one client at a "
                    "time; give the machine one more -qmp, or try later");
  }
  if (!json::parse_object(*line, "the greeting of " + name).contains("QMP")) {
    throw Error(Errc::invalid,
                name +
                    " is no monitor that speaks QMP; name the socket that "
                    "qemu was started with as -qmp unix:SOCKET,server=on");
  }
}

Json Monitor::execute(const std::string& command, const Json& arguments) {
  return run(command, arguments, -1);
}

void Monitor::give_descriptor(const std::string& name, int descriptor) {
  run("getfd", {{"fdname", name}}, descriptor);
}

Json Monitor::run(const std::string& command, const Json& arguments,
                  int descriptor) {
  const std::uint64_t id = ++last_id_;
  const Json request = {
      {"execute", command}, {"arguments", arguments}, {"id", id}};
  const SteadyTime deadline = after(patience_);
  socket_->send(json::one_line(request), deadline, descriptor);
  while (std::chrono::steady_clock::now() < deadline) {
    const auto line = socket_->receive(deadline);
    if (!line) continue;
    const Json answer = json::parse_object(*line, "the answer to " + command);
    remember(answer);
    if (answer.value("id", Json()) != id) continue;
    if (answer.contains("error")) throw refusal_of(command, answer["error"]);
    return answer.value("return", Json());
  }
  throw Error(Errc::busy, "the machine at " + socket_->path().string() +
                              " does not answer " + command);
}

void Monitor::remember(const Json& message) {
  if (!message.contains("event")) return;
  events_.push_back(message.value("event", ""));
  if (events_.size() > kMaxEvents) events_.pop_front();
}

bool Monitor::take_event(const std::string& name) {
  const auto event = std::ranges::find(events_, name);
  if (event == events_.end()) return false;
  events_.erase(event);
  return true;
}

bool Monitor::wait_for_event(const std::string& name, Milliseconds limit) {
  const SteadyTime deadline = after(limit);
  while (!take_event(name)) {
    const auto line = socket_->receive(deadline);
    if (!line) return false;
    remember(json::parse_object(*line, "an event"));
  }
  return true;
}

}  // namespace platter::capture
