// tests/laws/views.h
//
// Every way to show a disk as a file, and what must hold of each whatever the
// disk. Broken laws are thrown, so that rapidcheck can look for the smallest
// disk that breaks one.
#pragma once

#include <string>

#include "fuzz/guest_laws.h"
#include "laws/format.h"
#include "platter/base/integers.h"
#include "platter/format/view.h"
#include "support/sparse.h"

namespace platter::test {

// What a view of a disk opens as.
inline format::Format format_of(format::View view) {
  switch (view) {
    case format::View::azure_vhd:
      return format::Format::vhd;
    case format::View::stream_vmdk:
      return format::Format::vmdk;
    default:
      return static_cast<format::Format>(view);
  }
}

// The size of the disk that it shows: Azure takes whole MiB.
inline std::uint64_t shown_size(format::View view, std::uint64_t size) {
  return view == format::View::azure_vhd ? round_up(size, kMiB) : size;
}

// Reads of any length agree with reads of their pieces, wherever they begin;
// most near the borders between extents.
inline void check_splits(const block::ByteSource& source, Random& random) {
  std::vector<std::uint64_t> borders = {0, source.size()};
  for (int n = 0; n < 8; ++n) borders.push_back(random.below(source.size()));
  for (std::uint64_t at = 0; at < source.size() && borders.size() < 40;) {
    at = source.extent_at(at).end();
    borders.push_back(at);
  }
  for (const std::uint64_t border : borders) {
    const std::uint64_t before = random.below(80'000);
    const std::uint64_t begin = border - std::min(border, before);
    const Bytes whole = read_part(source, begin, 1 + random.below(160'000));
    for (std::uint64_t at = 0; at < whole.size();) {
      const std::uint64_t length =
          1 + random.below(random.below(2) == 0 ? 600 : 70'000);
      const Bytes part =
          read_part(source, begin + at, std::min(length, whole.size() - at));
      require(std::memcmp(part.data(), whole.data() + at, part.size()) == 0,
              "a read is the reads of its pieces");
      at += part.size();
    }
  }
}

// The laws of a ByteSource, as far as they can be held against a source of any
// size.
inline void check_source(const block::ByteSource& source, Random& random) {
  check_source_extents(source);
  check_splits(source, random);
  std::uint64_t end = 0;
  for_each_extent(source, 0, source.size(), [&](const block::Extent& extent) {
    require(extent.offset == end, "extents follow one another");
    end = extent.end();
  });
  require(end == source.size(), "extents end with the source");
}

// The laws of views: showing a disk and opening it again changes nothing.
// Showing it again makes the same file, whatever else the disk knows of itself.
inline void check_view_of(format::View kind, const block::SourcePtr& disk,
                          std::uint64_t seed) {
  Random random(seed);
  const auto view = make_view(kind, disk, some_identity());
  check_source(*view, random);
  const auto again =
      make_view(kind, std::make_shared<TalliedDisk>(disk), some_identity());
  require(again->size() == view->size() && same_content(*again, *view),
          "a view is made the same twice");
  const auto guest = open_guest(format_of(kind), view);
  require(guest->size() == shown_size(kind, disk->size()),
          "the guest has the disk's size");
  require(same_content(*guest, *disk), "the guest is the disk");
  check_source(*guest, random);
  check_guest_placements(*guest, *view);
}

// ... of every view that can show it.
inline void check_views_of(const block::SourcePtr& disk, std::uint64_t seed) {
  for (const format::View view : format::views()) {
    if (!can_hold(view, *disk)) continue;
    try {
      check_view_of(view, disk, seed);
    } catch (const std::exception& broken) {
      throw std::logic_error(std::string(name_of(view)) + ": " + broken.what());
    }
  }
}

}  // namespace platter::test
