// include/platter/ingest/staging.h
//
// A staging holds the file that is being uploaded: a base (what the image
// held before, or nothing) and a sparse overlay file of the pages written
// since. Writes come in any order and of any size; what nobody wrote reads as
// the base, and past that as zeros.
//
// The overlay survives a crash of the daemon, so an upload can be resumed: on
// opening, the file's own data extents say which pages were written.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <utility>

#include "platter/base/file.h"
#include "platter/block/source.h"

namespace platter::ingest {

// A set of half-open byte ranges, kept joined. Not thread-safe.
class RangeSet {
 public:
  void insert(std::uint64_t begin, std::uint64_t end);
  void erase(std::uint64_t begin, std::uint64_t end);
  // Forgets everything from `begin` on.
  void cut(std::uint64_t begin);
  bool contains(std::uint64_t offset) const;
  // Where the run around or after `offset` that is wholly in, or wholly out
  // of, the set ends. The largest 64-bit number when it never does.
  std::uint64_t run_end(std::uint64_t offset) const;
  std::uint64_t total() const noexcept { return total_; }
  // The first begin and the last end; nullopt when it is empty.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> hull() const;

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  // begin -> end
  std::uint64_t total_ = 0;                        // bytes in the set
};

// Thread-safe. Reading and writing the same bytes at once gives either.
class Staging {
 public:
  // Opens the overlay at `path`, making it when missing. `base` may be null.
  // An overlay that exists keeps its size; a new one begins with the base's.
  Staging(const Path& path, block::SourcePtr base);

  std::uint64_t size() const;
  // Bytes the overlay takes on disk.
  std::uint64_t allocated() const;
  // Whether nothing was ever written: size 0 and no page.
  bool empty() const;
  // False once the base is cut into, or never was.
  bool has_base() const;

  // Bytes read, less than out.size() only at the end of the file.
  std::size_t read(std::uint64_t offset, MutableBytes out) const;
  // Throws Errc::no_space; what was there may be there still, or in part.
  void write(std::uint64_t offset, ByteView bytes);
  // These bytes were to be written and could not be. Those that the file does
  // not read are missing until they are written, or cut off.
  void miss(std::uint64_t offset, ByteView bytes);
  // Where the first of the missing bytes is, and where the last of them ends.
  // After a restart all between are missing.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> missing() const;
  // Cuts, or grows by zeros.
  void resize(std::uint64_t size);
  // Makes what was written survive a power cut.
  void sync();

  // The staged file as a ByteSource of its present size. REQUIRES: no write
  // while it is used; the staging outlives it.
  block::SourcePtr snapshot() const;

 private:
  class Snapshot;

  void recover_ranges();
  void recover_missing();
  void note_missing();
  std::size_t read_now(std::uint64_t offset, MutableBytes out) const;
  void drop_base(std::uint64_t keep);
  void fill_from_base(std::uint64_t offset, std::uint64_t length);
  void read_base(std::uint64_t offset, MutableBytes out) const;
  bool needs_base(std::uint64_t page) const;

  mutable std::shared_mutex mutex_;  // guards all below
  File file_;
  block::SourcePtr base_;
  RangeSet written_;  // whole pages of the overlay
  RangeSet missing_;  // bytes; its hull is noted of the overlay
  std::uint64_t size_ = 0;
};

}  // namespace platter::ingest
