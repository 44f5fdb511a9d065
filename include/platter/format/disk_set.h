// include/platter/format/disk_set.h
//
// A disk in several files, a set: a descriptor, which is a text, and the parts
// that it names (docs/format/vmdk.md). A name is only ever that of a file that
// was sent along; which file that is, the caller says.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platter/format/format.h"

namespace platter::format {

// The most parts that a set may have.
inline constexpr std::size_t kMaxParts = 192;

// Whether the file begins as a descriptor.
bool is_descriptor(const block::ByteSource& file);

// Whether the file is a VMDK that has its descriptor inside, or says so: a
// disk of its own, whatever its name is like.
bool is_whole_vmdk(const block::ByteSource& file);

// The names of the parts, in the descriptor's order. Throws Errc::invalid when
// one is named twice or as a path, when there is none, and for a parent,
// Errc::unsupported for more than kMaxParts, and for lines, types and sizes
// that are not read, Errc::corrupt when it is no descriptor.
std::vector<std::string> part_names(const block::ByteSource& descriptor);

// The guest of a set.
class SetGuest : public block::ByteSource {
 public:
  // As Guest's, for the part of that number in the order of part_names().
  virtual void for_each_placement(
      std::size_t part,
      const std::function<void(const Placement&)>& visit) const = 0;
};

// Checks descriptor and parts whole, before a byte of the guest is read.
// Throws what part_names() and open_guest() throw, and Errc::corrupt when a
// part is shorter than the descriptor says, or says another length itself.
// REQUIRES: `parts` are those of part_names(), in order.
std::shared_ptr<const SetGuest> open_set(
    const block::ByteSource& descriptor,
    const std::vector<block::SourcePtr>& parts);

}  // namespace platter::format
