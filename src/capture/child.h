// src/capture/child.h
//
// A program that runs beside us: its standard output is followed, and what it
// complains of is kept.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "descriptor.h"

namespace platter::capture {

// For one thread at a time.
class Child {
 public:
  // The descriptor under which the program finds what is given to it.
  static constexpr int kGiven = 3;
  static constexpr std::size_t kMaxComplaint = 4096;

  // Starts `words`, found by the PATH, with a copy of the descriptor `given`
  // unless that is negative. Throws Errc::unsupported when there is no such
  // program, Errc::io.
  explicit Child(const std::vector<std::string>& words, int given = -1);
  // Ends it by SIGTERM, and waits, if it runs still.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // What it printed since the last call, waiting for that for `limit` at most.
  std::string output(std::chrono::milliseconds limit);
  // Whether it has closed its output.
  bool is_done() const noexcept { return done_; }
  // Waits for its end. Whether it exited with 0.
  bool succeeded();
  // The beginning of its standard error.
  const std::string& complaint() const noexcept { return complaint_; }

 private:
  void start(const std::vector<std::string>& words, int given, int output,
             int errors);
  bool drain(Descriptor& pipe, std::string& into, std::size_t limit);

  pid_t process_ = -1;
  Descriptor output_;
  Descriptor errors_;
  std::string complaint_;
  bool done_ = false;
};

}  // namespace platter::capture
