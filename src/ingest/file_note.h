// src/ingest/file_note.h
//
// A few bytes that the host keeps beside a file's own, and that go where it
// goes. A full disk has room for them: they lie in the file's inode.
#pragma once

#include "platter/base/file.h"

namespace platter::ingest {

// Replaces what was noted; no bytes are no note. Throws Errc::no_space or io.
void set_note(const File& file, ByteView note);

// What is noted, at most 256 bytes; none on a file system that keeps no notes.
Bytes note_of(const File& file);

}  // namespace platter::ingest
