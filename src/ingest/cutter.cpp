// src/ingest/cutter.cpp
#include "platter/ingest/cutter.h"

#include <algorithm>

#include "platter/base/digest.h"

namespace platter::ingest {

std::size_t first_cut(ByteView run) {
  const std::size_t limit = std::min(run.size(), kMaxChunk);
  std::size_t end = 0;
  while (end < limit) {
    const std::size_t page = std::min<std::size_t>(kPageSize, limit - end);
    end += page;
    // Pages before the least length cannot end a chunk: not worth hashing.
    if (end < kMinChunk) continue;
    if (hash64(run.subspan(end - page, page)) % kCutModulus == 0) return end;
  }
  return limit;
}

}  // namespace platter::ingest
