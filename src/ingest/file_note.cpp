// src/ingest/file_note.cpp
#include "file_note.h"

#include <sys/xattr.h>

#include <cerrno>

#include "platter/base/error.h"

namespace platter::ingest {

namespace {
constexpr const char* kName = "user.platter.note";
constexpr std::size_t kMost = 256;
}  // namespace

void set_note(const File& file, ByteView note) {
  const int result = note.empty() ? fremovexattr(file.descriptor(), kName)
                                  : fsetxattr(file.descriptor(), kName,
                                              note.data(), note.size(), 0);
  if (result == 0 || (note.empty() && errno == ENODATA)) return;
  throw system_error(errno, "note something of " + file.path().string());
}

Bytes note_of(const File& file) {
  Bytes note(kMost);
  const ssize_t got =
      fgetxattr(file.descriptor(), kName, note.data(), note.size());
  if (got < 0 && errno != ENODATA && errno != ENOTSUP) {
    throw system_error(errno, "read the note of " + file.path().string());
  }
  note.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return note;
}

}  // namespace platter::ingest
