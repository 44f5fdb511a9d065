// src/cli/detach.cpp
//
// The two processes share a pipe. The server sends one byte when it is ready,
// or else the Errc of its failure as a byte, and the sentence.
#include "detach.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <initializer_list>
#include <string>

#include "platter/base/error.h"
#include "platter/base/log.h"

namespace platter::cli {

namespace {

// No Errc.
constexpr char kReady = '\x7f';

void send(int& pipe, const std::string& message) {
  if (pipe < 0) return;
  // The reader is waiting, and messages are shorter than PIPE_BUF: one write
  // does. If the reader has gone there is nobody to tell.
  [[maybe_unused]] const ssize_t sent =
      write(pipe, message.data(), message.size());
  close(pipe);
  pipe = -1;
}

std::string receive(int pipe) {
  std::string message;
  std::array<char, 4096> part;
  while (true) {
    const ssize_t got = read(pipe, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return message;
    message.append(part.data(), static_cast<std::size_t>(got));
  }
}

void discard(std::initializer_list<int> descriptors) {
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int descriptor : descriptors) dup2(nothing, descriptor);
  close(nothing);
}

void leave_terminal() {
  setsid();
  // A daemon must keep no folder of the user's busy.
  [[maybe_unused]] const int moved = chdir("/");
  // Libraries may still have something to say until the server is ready.
  discard({STDIN_FILENO, STDOUT_FILENO});
}

// Returns the exit status of this process, which nobody waits for.
int run_server(
    int pipe,
    const std::function<void(const std::function<void()>& ready)>& serve) {
  const auto fail = [&](Errc code, const char* sentence) {
    log::error(sentence);
    send(pipe, static_cast<char>(code) + std::string(sentence));
    return 1;
  };
  try {
    leave_terminal();
    serve([&] {
      discard({STDERR_FILENO});
      send(pipe, std::string(1, kReady));
    });
    return 0;
  } catch (const Error& error) {
    return fail(error.code(), error.what());
  } catch (const std::exception& error) {
    return fail(Errc::io, error.what());
  }
}

}  // namespace

void serve_detached(
    const std::function<void(const std::function<void()>& ready)>& serve) {
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) {
    throw system_error(errno, "make a pipe");
  }
  const pid_t pid = fork();
  if (pid < 0) throw system_error(errno, "start a process");
  if (pid == 0) {
    close(pipe[0]);
    std::exit(run_server(pipe[1], serve));
  }
  close(pipe[1]);
  const std::string message = receive(pipe[0]);
  close(pipe[0]);
  if (message.empty()) {
    throw Error(Errc::io, "the daemon died while it started");
  }
  if (message[0] == kReady) return;
  throw Error(static_cast<Errc>(message[0]), message.substr(1));
}

}  // namespace platter::cli
