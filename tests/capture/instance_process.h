// tests/capture/instance_process.h
//
// A real qemu, emulated in software and stopped before its first instruction.
#pragma once

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "platter/capture/monitor.h"
#include "support/folder.h"

namespace platter::test {

class InstanceProcess {
 public:
  // `more`: what its command line has besides.
  explicit InstanceProcess(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"qemu-system-x86_64",
                                   "-accel",
                                   "tcg",
                                   "-nodefaults",
                                   "-nographic",
                                   "-S",
                                   "-m",
                                   "16",
                                   "-qmp",
                                   "unix:" + socket() + ",server=on,wait=off"};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    BOOST_REQUIRE_EQUAL(posix_spawnp(&process_, arguments[0], nullptr, nullptr,
                                     arguments.data(), environ),
                        0);
    while (!is_listened_at(socket()) && is_running()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    BOOST_REQUIRE(is_running());
  }
  ~InstanceProcess() { end(); }

  std::string socket() const { return folder_.path() / "qmp"; }
  Path folder() const { return folder_.path(); }

  void end() {
    if (process_ <= 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  // A socket has its name a moment before somebody listens at it.
  static bool is_listened_at(const std::string& path) {
    std::ifstream sockets("/proc/net/unix");
    for (std::string line; std::getline(sockets, line);) {
      // The fourth word is its flags: __SO_ACCEPTCON of include/linux/net.h.
      if (line.ends_with(" " + path)) {
        return line.find(" 00010000 ") != line.npos;
      }
    }
    return false;
  }
  bool is_running() const { return waitpid(process_, nullptr, WNOHANG) == 0; }

  TemporaryFolder folder_;
  pid_t process_ = -1;
};

}  // namespace platter::test
