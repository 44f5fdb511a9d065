// include/platter/tree/handle.h
//
// An open file of the mount.
#pragma once

#include "platter/access/access.h"
#include "platter/base/bytes.h"
#include "platter/block/source.h"

namespace platter::tree {

// Thread-safe, as the kernel reads and writes one file from many threads.
class Handle {
 public:
  virtual ~Handle() = default;

  // Whether what was read may be kept for ever: the bytes never change.
  virtual bool sealed() const noexcept { return false; }

  // Bytes read, fewer than out.size() only at the file's end.
  virtual std::size_t read(std::uint64_t offset, MutableBytes out) = 0;
  // Throws Errc::read_only unless the file was opened for writing.
  virtual void write(std::uint64_t offset, ByteView bytes);
  virtual void resize(std::uint64_t size);
  // A writer closes the file: the one moment when it can still be told what
  // is wrong with what it wrote. Called once for each close(), maybe often.
  virtual void flush(const access::Caller& caller);
  virtual void sync() {}

  // lseek's SEEK_DATA and SEEK_HOLE; nullopt past the end.
  virtual std::optional<std::uint64_t> seek(std::uint64_t offset,
                                            block::ExtentKind kind) = 0;
};

}  // namespace platter::tree
