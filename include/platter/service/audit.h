// include/platter/service/audit.h
//
// The audit trail: who did what to which image, one JSON line for each act, a
// file for each project. Only ever appended to.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "platter/access/access.h"
#include "platter/base/clock.h"
#include "platter/base/file.h"
#include "platter/metrics/trouble.h"

namespace platter::service {

struct AuditOptions {
  Path folder;                       // empty: nothing is kept
  std::uint64_t rotate = 64 * kMiB;  // bytes of a file before it moves on
  unsigned keep = 8;                 // files that moved on
};

struct Event {
  access::Caller caller;
  std::string act;  // "upload", "remove", "download": docs/mount.md lists them
  std::string project;
  std::string image;  // its name; empty: of the project itself
  std::string id;
  std::string outcome = "ok";  // or the sentence of the refusal
  // What else there is to say: "bytes", "name", "value", "to". Bytes are
  // written as a number.
  std::map<std::string, std::string> details = {};
  // The caller's program; empty: the kernel is asked, who knows while it runs.
  std::string command = {};
};

// Thread-safe.
class Audit {
 public:
  // Makes the folder when it is missing. `clock` must outlive it.
  Audit(AuditOptions options, const Clock& clock);
  ~Audit();

  // Never throws: an act that was done is not undone because it could not be
  // written down; the log says so.
  void add(const Event& event) noexcept;
  // Makes durable what was added. Called about once a second.
  void sync() noexcept;

  // False when the last act could not be written down or made durable, or the
  // next one cannot be.
  bool works() const;
  // Acts that are not in it, and syncs that failed, since the start.
  std::uint64_t failures() const;

  // The project's newest file, for info/events.jsonl. Bytes.
  std::uint64_t size(const std::string& project) const;
  std::string text(const std::string& project) const;
  Timestamp changed_at(const std::string& project) const;

 private:
  // ... the file that moved on `age` times.
  Path path(const std::string& project, unsigned age = 0) const;
  void append(const std::string& project, const std::string& line);
  void rotate(const std::string& project);

  AuditOptions options_;
  const Clock& clock_;
  mutable std::mutex mutex_;  // guards the files and unsynced_
  std::set<std::string> unsynced_;
  metrics::Trouble writing_;
  metrics::Trouble syncing_;
};

}  // namespace platter::service
