// include/platter/block/source.h
//
// A ByteSource is a fixed run of bytes that can be read anywhere: a file, a
// guest disk, or a disk file that is only worked out as it is read.
//
// The bytes never change while the source lives, so every member may be
// called from several threads at once without locks.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "platter/base/bytes.h"

namespace platter::block {

enum class ExtentKind { data, zero };

// A half-open range [offset, end()) of a source that is all of one kind.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // never 0
  ExtentKind kind = ExtentKind::data;

  std::uint64_t end() const noexcept { return offset + length; }
  bool operator==(const Extent&) const = default;
};

// What a source knows of one of its parts without a look at the extents there.
struct Tally {
  static constexpr std::uint64_t kSpan = 64 * kMiB;
  static constexpr std::uint64_t kCluster = 64 * kKiB;

  std::uint64_t part = 0;       // it begins at part * kSpan
  std::uint32_t clusters = 0;   // of kCluster bytes that hold data: 1 to 1024
  std::uint64_t mebibytes = 0;  // bit n: MiB n of the part holds data

  bool operator==(const Tally&) const = default;
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Length in bytes. Reads nothing.
  virtual std::uint64_t size() const noexcept = 0;

  // Fills all of `out` from `offset`. REQUIRES: offset + out.size() <= size().
  // Throws Errc::damaged if stored bytes fail their check, Errc::corrupt if an
  // uploaded file contradicts its format, Errc::io if the storage below
  // fails; `out` is then unspecified.
  virtual void read(std::uint64_t offset, MutableBytes out) const = 0;

  // The extent that starts at `offset`, as long as is cheap to know, within
  // size(). REQUIRES: offset < size(). A zero extent reads as zeros; a data
  // extent may do so as well.
  virtual Extent extent_at(std::uint64_t offset) const = 0;

  // All parts that hold data, in rising order; nullopt where that takes a walk
  // over the extents. Agrees with extent_at().
  virtual std::optional<std::vector<Tally>> tallies() const {
    return std::nullopt;
  }
};

using SourcePtr = std::shared_ptr<const ByteSource>;

// Calls `visit` for each extent of [offset, offset + length) in order, joining
// neighbours of one kind and clipping the last. REQUIRES: the range lies
// within the source.
void for_each_extent(const ByteSource& source, std::uint64_t offset,
                     std::uint64_t length,
                     const std::function<void(const Extent&)>& visit);

// The first byte at or after `offset` of the kind asked for; size() if there
// is none. What lseek's SEEK_DATA and SEEK_HOLE need.
std::uint64_t next_of_kind(const ByteSource& source, std::uint64_t offset,
                           ExtentKind kind);

// Whether both hold the same bytes; one that is longer may end in zeros. Holes
// that both have are not read.
bool same_content(const ByteSource& a, const ByteSource& b);

// All bytes. For small sources and tests.
Bytes read_all(const ByteSource& source);

}  // namespace platter::block
