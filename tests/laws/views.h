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
#include "platter/format/azure_vhd.h"
#include "platter/format/stream_vmdk.h"

namespace platter::test {

struct ViewMaker {
  std::string name;
  format::Format format;  // what the view opens as
  std::function<bool(const block::ByteSource&)> can_make;
  std::function<block::SourcePtr(block::SourcePtr)> make;
  // Of the disk that the view shows; zeros follow the guest's own bytes.
  std::uint64_t whole = kSectorSize;
};

inline std::vector<ViewMaker> view_makers() {
  using format::Format;
  std::vector<ViewMaker> makers;
  for (const Format format : format::kFormats) {
    makers.push_back(
        {std::string(name_of(format)), format,
         [format](const auto& disk) { return can_hold(format, disk); },
         [format](block::SourcePtr disk) {
           return make_view(format, std::move(disk), some_identity());
         }});
  }
  makers.push_back(
      {"azure.vhd", Format::vhd,
       [](const auto& disk) { return can_hold(Format::vhd, disk); },
       [](block::SourcePtr disk) {
         return make_azure_vhd(std::move(disk), some_identity());
       },
       kMiB});
  makers.push_back({"stream.vmdk", Format::vmdk, format::can_stream_vmdk,
                    [](block::SourcePtr disk) {
                      return make_stream_vmdk(std::move(disk), some_identity());
                    }});
  return makers;
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

// The laws of views: showing a disk and opening it again changes nothing, and
// showing it again neither.
inline void check_view_of(const ViewMaker& maker, const block::SourcePtr& disk,
                          std::uint64_t seed) {
  Random random(seed);
  const auto view = maker.make(disk);
  check_source(*view, random);
  const auto again = maker.make(disk);
  require(again->size() == view->size() && same_content(*again, *view),
          "a view is made the same twice");
  const auto guest = open_guest(maker.format, view);
  require(guest->size() == round_up(disk->size(), maker.whole),
          "the guest has the disk's size");
  require(same_content(*guest, *disk), "the guest is the disk");
  check_source(*guest, random);
  check_guest_placements(*guest, *view);
}

// ... of every view that can show it.
inline void check_views_of(const block::SourcePtr& disk, std::uint64_t seed) {
  for (const ViewMaker& maker : view_makers()) {
    if (!maker.can_make(*disk)) continue;
    try {
      check_view_of(maker, disk, seed);
    } catch (const std::exception& broken) {
      throw std::logic_error(maker.name + ": " + broken.what());
    }
  }
}

}  // namespace platter::test
