// src/ingest/rebuild.cpp
#include "rebuild.h"

namespace platter::ingest {

namespace {

std::uint64_t data_in(const block::ByteSource& source) {
  std::uint64_t data = 0;
  for (std::uint64_t at = 0; at < source.size();) {
    const block::Extent extent = source.extent_at(at);
    if (extent.kind == block::ExtentKind::data) data += extent.length;
    at = extent.end();
  }
  return data;
}

}  // namespace

std::uint64_t bytes_besides(const block::ByteSource& file,
                            const std::vector<format::Placement>& placements) {
  std::uint64_t bytes = data_in(file);
  for (const format::Placement& placement : placements) {
    // A placement may lie in a hole of the file.
    bytes -= std::min(bytes, placement.length);
  }
  return bytes;
}

bool is_costly(std::uint64_t bytes, const block::ByteSource& guest) {
  return bytes > kMiB && bytes > data_in(guest) / 100;
}

block::SourcePtr rebuilt(format::Format format, block::SourcePtr guest,
                         const format::Identity& identity) {
  // A disc is its own bytes.
  if (format == format::Format::iso) return guest;
  if (!format::can_hold(format, *guest)) return nullptr;
  return format::make_view(format, std::move(guest), identity);
}

}  // namespace platter::ingest
