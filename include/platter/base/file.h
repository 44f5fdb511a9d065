// include/platter/base/file.h
//
// Files and folders of the host: owned descriptors, whole reads and writes,
// and what must be synced so that a name survives a power cut.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "platter/base/bytes.h"

namespace platter {

using Path = std::filesystem::path;

// An owned file descriptor. Reads and writes name their offset, so one File
// may be read and written from several threads at once; close and move are
// for one thread.
class File {
 public:
  enum class Mode {
    read,       // must exist
    write,      // must exist; read and write
    create,     // made if missing; read and write
    create_new  // must not exist; read and write
  };

  // Throws Errc::not_found, exists, no_space or io, naming the path.
  static File open(const Path& path, Mode mode);
  // An unnamed file in `folder`, gone when closed.
  static File temporary(const Path& folder);

  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();
  // Closes it now, and throws what that answers, as write() does: some file
  // systems say only then whether they keep what was written. Nothing else may
  // be called after.
  void close();

  const Path& path() const noexcept { return path_; }
  int descriptor() const noexcept { return descriptor_; }

  // Bytes. Throws Errc::io.
  std::uint64_t size() const;
  // Bytes allocated on the disk below.
  std::uint64_t allocated() const;

  // Fills all of `out`. Throws Errc::io, also when the file ends before.
  void read(std::uint64_t offset, MutableBytes out) const;
  // As many bytes as there are up to out.size(); less only at the end.
  std::size_t read_some(std::uint64_t offset, MutableBytes out) const;
  // Writes all of `bytes`. Throws Errc::no_space or io.
  void write(std::uint64_t offset, ByteView bytes);
  void resize(std::uint64_t size);
  // Makes [offset, offset+length) a hole that reads as zeros.
  void punch_hole(std::uint64_t offset, std::uint64_t length);

  // The first byte at or after `offset` that is data, or hole; nullopt when
  // there is none before the end (a file's end counts as a hole).
  std::optional<std::uint64_t> next_data(std::uint64_t offset) const;
  std::uint64_t next_hole(std::uint64_t offset) const;

  // Returns when the bytes (and the size) are on the disk. Throws Errc::io.
  void sync();
  // Asks the kernel to start writing; promises nothing.
  void start_writeback(std::uint64_t offset, std::uint64_t length) noexcept;
  // Takes an exclusive lock that ends with the File or the process. False
  // when another holds it.
  bool try_lock();

 private:
  File(Path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}

  Path path_;
  int descriptor_ = -1;
};

// Makes the names in `folder` durable.
void sync_folder(const Path& folder);

// Makes `folder` and what is missing above it, durably.
void make_folders(const Path& folder);

// Replaces `path` by a file holding `bytes`: whole or not at all, durably.
void write_whole(const Path& path, ByteView bytes);

// The file's bytes; nullopt if there is none. Throws Errc::too_large when it
// is longer than `limit`.
std::optional<Bytes> read_whole(const Path& path, std::uint64_t limit);

}  // namespace platter
