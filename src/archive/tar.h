// src/archive/tar.h
//
// The files of a tar archive, by libarchive: which there are, and where in the
// archive each lies.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platter/block/source.h"

namespace platter::archive {

struct Member {
  std::string name;  // without a leading "./"
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// In their order; folders are left out. nullopt for a file that is no tar
// archive. Throws Errc::corrupt when it was cut off or goes on after its end,
// and Errc::invalid or Errc::unsupported, with its name, for a member that is
// no plain file, lies outside ("..", "/x"), or is there twice.
std::optional<std::vector<Member>> members_of_tar(
    const block::ByteSource& file);

// What is in a member.
block::SourcePtr source_of(const block::SourcePtr& file, const Member& member);
// All of it. Throws Errc::too_large when that is more than `longest` bytes.
Bytes bytes_of(const block::SourcePtr& file, const Member& member,
               std::uint64_t longest);

}  // namespace platter::archive
