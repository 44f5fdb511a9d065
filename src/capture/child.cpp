// src/capture/child.cpp
#include "child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>

#include "platter/base/error.h"

namespace platter::capture {

namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw system_error(errno, "make a pipe");
    }
    out = Descriptor(ends[0]);
    in = Descriptor(ends[1]);
  }

  Descriptor out;
  Descriptor in;
};

}  // namespace

Child::Child(const std::vector<std::string>& words, int given) {
  Pipe output;
  Pipe errors;
  start(words, given, output.in.number(), errors.in.number());
  output_ = std::move(output.out);
  errors_ = std::move(errors.out);
}

void Child::start(const std::vector<std::string>& words, int given, int output,
                  int errors) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, errors, 2);
  if (given >= 0) posix_spawn_file_actions_adddup2(&actions, given, kGiven);
  std::vector<char*> arguments;
  for (const std::string& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  const int problem = posix_spawnp(&process_, arguments[0], &actions, nullptr,
                                   arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (problem == 0) return;
  process_ = -1;
  if (problem == ENOENT) {
    throw Error(Errc::unsupported, words[0] + " is not installed here");
  }
  throw system_error(problem, "start " + words[0]);
}

Child::~Child() {
  if (process_ < 0) return;
  kill(process_, SIGTERM);
  succeeded();
}

// Appends what is there to `into`, up to `limit` bytes of it. False: the end.
bool Child::drain(Descriptor& pipe, std::string& into, std::size_t limit) {
  std::array<char, 4096> piece;
  const ssize_t got = ::read(pipe.number(), piece.data(), piece.size());
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  const std::size_t room = limit - std::min(into.size(), limit);
  into.append(piece.data(), std::min(static_cast<std::size_t>(got), room));
  return true;
}

std::string Child::output(std::chrono::milliseconds limit) {
  std::array<pollfd, 2> pipes{pollfd{output_.number(), POLLIN, 0},
                              pollfd{errors_.number(), POLLIN, 0}};
  std::string text;
  if (::poll(pipes.data(), pipes.size(), static_cast<int>(limit.count())) <=
      0) {
    return text;
  }
  if (pipes[0].revents != 0 && !drain(output_, text, text.max_size())) {
    output_.close();
  }
  if (pipes[1].revents != 0 && !drain(errors_, complaint_, kMaxComplaint)) {
    errors_.close();
  }
  done_ = output_.number() < 0 && errors_.number() < 0;
  return text;
}

bool Child::succeeded() {
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace platter::capture
