// include/platter/format/disk_set.h
//
// A disk in several files: a descriptor, which is a text, and the extent files
// that it names (docs/format/vmdk.md). A name is only ever that of a file that
// was sent along; what it stands for, the caller says.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platter/format/format.h"

namespace platter::format {

// The most extent files that a disk may have.
inline constexpr std::size_t kMaxExtentFiles = 192;

// Whether the file begins as a descriptor.
bool is_descriptor(const block::ByteSource& file);

// Whether the file is a VMDK that has its descriptor inside, or says so: a
// disk of its own, whatever its name is like.
bool is_whole_vmdk(const block::ByteSource& file);

// The names of the extent files of `descriptor`, in its order. Throws
// Errc::invalid when one is named twice or as a path, when there is none, and
// for a parent, Errc::unsupported for more than kMaxExtentFiles, lines,
// extents or types that are not known, Errc::corrupt when it is no descriptor.
std::vector<std::string> extent_files(const block::ByteSource& descriptor);

// The guest of such a disk.
class SetGuest : public block::ByteSource {
 public:
  // As Guest's, for the file of that number in the order of extent_files().
  virtual void for_each_placement(
      std::size_t file,
      const std::function<void(const Placement&)>& visit) const = 0;
};

// Checks descriptor and extent files whole, before a byte of the guest is
// read. Throws what extent_files() and open_guest() throw; Errc::corrupt, too,
// for an extent file that is shorter than its extent, or whose own size
// contradicts it. REQUIRES: `files` are those of extent_files(), in order.
std::shared_ptr<const SetGuest> open_set(
    const block::ByteSource& descriptor,
    const std::vector<block::SourcePtr>& files);

}  // namespace platter::format
