#include "guarded.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "platter/base/error.h"

namespace platter::cli {

namespace {

volatile pid_t worker = -1;

void pass_on(int signal) {
  if (worker > 0) kill(worker, signal);
}

[[noreturn]] void be_worker(const std::function<int()>& work, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  int status = 128 + SIGTERM;
  // The parent may have gone before that was said.
  if (getppid() == parent) status = work();
  std::fflush(nullptr);
  _exit(status);
}

}  // namespace

int run_guarded(const std::function<int()>& work) {
  const pid_t self = getpid();
  worker = fork();
  if (worker < 0) throw system_error(errno, "start a process");
  if (worker == 0) be_worker(work, self);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    // A shell that starts us in the background keeps Ctrl-C from us.
    if (before.sa_handler == SIG_IGN) continue;
    struct sigaction passing {};
    passing.sa_handler = pass_on;
    sigaction(signal, &passing, nullptr);
  }
  int status = 0;
  while (waitpid(worker, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace platter::cli
