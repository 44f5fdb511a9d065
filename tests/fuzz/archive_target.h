// tests/fuzz/archive_target.h
//
// Any bytes, as an upload that may be wrapped. The fuzzer and the replay of its
// corpus share it.
#pragma once

#include "fuzz/guest_laws.h"
#include "platter/archive/archive.h"
#include "platter/block/sources.h"

namespace platter::test {

// Refused by an Error; or taken for a plain file; or the content is within the
// limits, no wrapper itself, and can be read.
inline void check_archive_bytes(ByteView input, const Path& folder) {
  const auto file = block::memory_source(to_bytes(input));
  const archive::Limits limits{4 * kMiB, 100, kMiB};
  try {
    const auto wrapper = archive::wrapper_of(*file);
    if (!wrapper) return;
    const auto found = archive::unwrap(*wrapper, file, folder, limits);
    const std::uint64_t size = found.content->size();
    require(size > 0 && size <= std::max(limits.size, file->size()),
            "content has a size within the limits");
    require(!archive::wrapper_of(*found.content), "content is no wrapper");
    require(block::read_all(*found.content).size() == size,
            "content can be read");
    if (found.offset) {
      require(block::same_content(*block::slice(file, *found.offset, size),
                                  *found.content),
              "a member lies where it is said to");
    }
  } catch (const Error& refused) {
    require(std::string_view(refused.what()).find('\n') == std::string::npos,
            "a sentence is one line");
  }
}

}  // namespace platter::test
