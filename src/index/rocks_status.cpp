// src/index/rocks_status.cpp
#include "rocks_status.h"

#include "platter/base/error.h"

namespace platter::index {

namespace {

// RocksDB has no code for a database that another process holds; the failed
// lock is an IO error that names the lock.
bool is_locked(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError() && (text.find("/LOCK") != std::string::npos ||
                                text.find("lock hold") != std::string::npos);
}

Errc code_of(const rocksdb::Status& status) {
  if (status.IsNoSpace()) return Errc::no_space;
  // A file that the database names and that is gone is damage, too.
  if (status.IsCorruption() || status.IsPathNotFound()) return Errc::damaged;
  if (is_locked(status) || status.IsBusy() || status.IsTryAgain()) {
    return Errc::busy;
  }
  // Of what we do only opening can be an invalid argument: key spaces that
  // this version does not know.
  if (status.IsInvalidArgument()) return Errc::unsupported;
  return Errc::io;
}

}  // namespace

void check(const rocksdb::Status& status, const std::string& doing) {
  if (status.ok()) return;
  const std::string mend =
      is_locked(status) ? "another process has it open; stop that one first: "
                        : "";
  throw Error(code_of(status), doing + ": " + mend + status.ToString());
}

}  // namespace platter::index
