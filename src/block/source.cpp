// src/block/source.cpp: what can be said of every ByteSource through its
// three members alone.
#include "platter/block/source.h"

#include <algorithm>

namespace platter::block {

void for_each_extent(const ByteSource& source, std::uint64_t offset,
                     std::uint64_t length,
                     const std::function<void(const Extent&)>& visit) {
  const std::uint64_t end = offset + length;
  Extent pending;
  while (offset < end) {
    Extent next = source.extent_at(offset);
    next.length = std::min(next.length, end - offset);
    offset = next.end();
    if (pending.length > 0 && pending.kind == next.kind) {
      pending.length += next.length;
      continue;
    }
    if (pending.length > 0) visit(pending);
    pending = next;
  }
  if (pending.length > 0) visit(pending);
}

std::uint64_t next_of_kind(const ByteSource& source, std::uint64_t offset,
                           ExtentKind kind) {
  const std::uint64_t size = source.size();
  while (offset < size) {
    const Extent extent = source.extent_at(offset);
    if (extent.kind == kind) return offset;
    offset = extent.end();
  }
  return size;
}

Bytes read_all(const ByteSource& source) {
  Bytes bytes(source.size());
  source.read(0, bytes);
  return bytes;
}

}  // namespace platter::block
