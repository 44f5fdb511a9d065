// tests/laws/format.h
//
// What must hold of every format: opening undoes showing, and a placement
// names the same bytes in the file and in the guest.
#pragma once

#include "laws/byte_source.h"
#include "platter/format/format.h"

namespace platter::test {

inline format::Identity some_identity() {
  format::Identity identity{};
  identity.image_id[0] = std::byte{7};
  identity.created_at = {1'700'000'000'000'000'000};
  return identity;
}

// Placements rise in the file, overlap nowhere, and name equal bytes.
inline void check_placements(const format::Guest& guest,
                             const block::ByteSource& file) {
  std::uint64_t end = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> in_guest;
  guest.for_each_placement([&](const format::Placement& placement) {
    BOOST_REQUIRE_GT(placement.length, 0);
    BOOST_REQUIRE_GE(placement.file_offset, end);
    end = placement.file_offset + placement.length;
    BOOST_REQUIRE_LE(end, file.size());
    const std::uint64_t guest_end = placement.guest_offset + placement.length;
    BOOST_REQUIRE_LE(guest_end, guest.size());
    in_guest.emplace_back(placement.guest_offset, guest_end);
    Bytes stored(placement.length);
    Bytes seen(placement.length);
    file.read(placement.file_offset, stored);
    guest.read(placement.guest_offset, seen);
    BOOST_REQUIRE(same_bytes(stored, seen));
  });
  std::ranges::sort(in_guest);
  for (std::size_t n = 1; n < in_guest.size(); ++n) {
    BOOST_REQUIRE_LE(in_guest[n - 1].second, in_guest[n].first);
  }
}

// The law of formats for the disk `guest`, which reads as `expected`. Returns
// the view.
inline block::SourcePtr check_round_trip(format::Format format,
                                         block::SourcePtr guest,
                                         ByteView expected) {
  const auto view = format::make_view(format, guest, some_identity());
  const Bytes file = block::read_all(*view);
  check_byte_source(*view, file);
  const auto opened = format::open_guest(format, view);
  check_byte_source(*opened, expected);
  check_placements(*opened, *view);
  return view;
}

}  // namespace platter::test
