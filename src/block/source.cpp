// src/block/source.cpp: what can be said of every ByteSource through its
// three members alone.
#include "platter/block/source.h"

#include <algorithm>
#include <cstring>
#include <limits>

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

namespace {

constexpr std::uint64_t kCompareStep = 256 * kKiB;

// Fills `out` from `offset`, with zeros past the source's end.
void read_padded(const ByteSource& source, std::uint64_t offset,
                 MutableBytes out) {
  const std::uint64_t size = source.size();
  const std::size_t there =
      offset < size ? std::min<std::uint64_t>(out.size(), size - offset) : 0;
  if (there > 0) source.read(offset, out.first(there));
  std::ranges::fill(out.subspan(there), std::byte{0});
}

// Where the next data lies, for places that rise: a long hole is walked once.
class NextData {
 public:
  explicit NextData(const ByteSource& source)
      : source_(source), next_(next_of_kind(source, 0, ExtentKind::data)) {}

  // Past the source's end there are only zeros.
  std::uint64_t from(std::uint64_t at) {
    if (at >= source_.size()) return std::numeric_limits<std::uint64_t>::max();
    if (at > next_) next_ = next_of_kind(source_, at, ExtentKind::data);
    return next_;
  }

 private:
  const ByteSource& source_;
  std::uint64_t next_;
};

}  // namespace

bool same_content(const ByteSource& a, const ByteSource& b) {
  const std::uint64_t size = std::max(a.size(), b.size());
  NextData data_of_a(a);
  NextData data_of_b(b);
  Bytes of_a(kCompareStep);
  Bytes of_b(kCompareStep);
  for (std::uint64_t at = 0; at < size;) {
    at = std::min(data_of_a.from(at), data_of_b.from(at));
    if (at >= size) break;
    const std::size_t part = std::min(kCompareStep, size - at);
    read_padded(a, at, MutableBytes(of_a).first(part));
    read_padded(b, at, MutableBytes(of_b).first(part));
    if (std::memcmp(of_a.data(), of_b.data(), part) != 0) return false;
    at += part;
  }
  return true;
}

Bytes read_all(const ByteSource& source) {
  Bytes bytes(source.size());
  source.read(0, bytes);
  return bytes;
}

}  // namespace platter::block
