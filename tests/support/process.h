// tests/support/process.h
//
// A program that runs beside a test and is gone with it.
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace platter::test {

class Process {
 public:
  // Starts the program words[0], found as a shell finds it.
  explicit Process(std::vector<std::string> words) {
    int ends[2];
    BOOST_REQUIRE_EQUAL(pipe(ends), 0);
    pid_ = fork();
    BOOST_REQUIRE_GE(pid_, 0);
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      close(ends[1]);
      std::vector<char*> argv;
      for (std::string& word : words) argv.push_back(word.data());
      argv.push_back(nullptr);
      execvp(argv[0], argv.data());
      _exit(127);
    }
    close(ends[1]);
    output_ = ends[0];
  }
  ~Process() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    close(output_);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // What it prints up to the next end of a line.
  std::string line() const {
    std::string text;
    for (char c; read(output_, &c, 1) == 1 && c != '\n';) text += c;
    return text;
  }
  bool is_running() const {
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT | WNOHANG);
    return info.si_pid == 0;
  }

 private:
  pid_t pid_;
  int output_;
};

}  // namespace platter::test
