// include/platter/service/journal.h
//
// The journal keeps the sentence of every refusal where a user can read it: a
// system call can only carry an errno.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "platter/base/clock.h"

namespace platter::service {

struct Complaint {
  Timestamp time;
  std::string user;
  std::string project;  // whose folder it was asked in
  std::string command;  // the program that asked: "setfattr"
  std::string path;     // from the mount's root: "images/x"
  std::string error;    // as errno names it: "EINVAL"
  std::string sentence;
};

// "2026-11-21T10:06:31Z ana setfattr images/x EINVAL: sentence"
std::string to_text(const Complaint& complaint);

// The newest complaints. Thread-safe.
class Journal {
 public:
  static constexpr std::size_t kKept = 1000;  // of a project

  void add(Complaint complaint);
  // A project's, oldest first.
  std::vector<Complaint> all(const std::string& project) const;
  // When the newest came; "never" if there is none.
  Timestamp changed_at(const std::string& project) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::deque<Complaint>> complaints_;
};

}  // namespace platter::service
