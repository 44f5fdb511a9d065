// include/platter/service/journal.h
//
// The journal keeps the sentence of every refusal where a user can read it: a
// system call can only carry an errno.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "platter/base/clock.h"

namespace platter::service {

struct Complaint {
  Timestamp time;
  std::string user;
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
  static constexpr std::size_t kKept = 1000;

  void add(Complaint complaint);
  // Oldest first.
  std::vector<Complaint> all() const;
  // When the newest came; "never" if there is none.
  Timestamp changed_at() const;

 private:
  mutable std::mutex mutex_;
  std::deque<Complaint> complaints_;
};

}  // namespace platter::service
