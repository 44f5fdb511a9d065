// src/cli/within.cpp
//
// The two processes share a pipe. The one that asks sends a byte, kAnswer or
// the Errc of its failure, and the answer or the sentence.
#include "within.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "platter/base/error.h"

namespace platter::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr char kAnswer = '\x7f';  // no Errc

std::string message_of(const std::function<std::string()>& ask) {
  try {
    return kAnswer + ask();
  } catch (const Error& error) {
    return static_cast<char>(error.code()) + std::string(error.what());
  } catch (const std::exception& error) {
    return static_cast<char>(Errc::io) + std::string(error.what());
  }
}

[[noreturn]] void answer(int pipe, const std::function<std::string()>& ask) {
  const std::string message = message_of(ask);
  for (std::size_t at = 0; at < message.size();) {
    const ssize_t sent = write(pipe, &message[at], message.size() - at);
    if (sent <= 0 && errno != EINTR) _exit(1);
    if (sent > 0) at += static_cast<std::size_t>(sent);
  }
  // What the process inherited is not its to tidy up.
  _exit(0);
}

// Whether there is something to read before the deadline.
bool wait_for(int pipe, Clock::time_point deadline) {
  using std::chrono::milliseconds;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    pollfd waited{pipe, POLLIN, 0};
    const int ready = poll(
        &waited, 1, static_cast<int>(std::max(left, milliseconds(0)).count()));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

// nullopt: the end did not come in time.
std::optional<std::string> receive(int pipe, Clock::time_point deadline) {
  std::string message;
  std::array<char, 4096> part;
  while (wait_for(pipe, deadline)) {
    const ssize_t got = read(pipe, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return message;
    message.append(part.data(), static_cast<std::size_t>(got));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> ask_within(std::chrono::milliseconds limit,
                                      const std::function<std::string()>& ask) {
  const auto deadline = Clock::now() + limit;
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) {
    throw system_error(errno, "make a pipe");
  }
  const pid_t pid = fork();
  if (pid < 0) throw system_error(errno, "start a process");
  if (pid == 0) answer(pipe[1], ask);
  close(pipe[1]);
  const auto message = receive(pipe[0], deadline);
  close(pipe[0]);
  if (!message) kill(pid, SIGKILL);
  // One that still waits is nobody's any more when this process ends.
  waitpid(pid, nullptr, message ? 0 : WNOHANG);
  if (!message) return std::nullopt;
  if (message->empty()) throw Error(Errc::io, "the process that asked died");
  if (message->front() == kAnswer) return message->substr(1);
  throw Error(static_cast<Errc>(message->front()), message->substr(1));
}

}  // namespace platter::cli
