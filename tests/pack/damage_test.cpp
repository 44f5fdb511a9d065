// tests/pack/damage_test.cpp: packs that are cut, torn, rotten or made up by
// somebody: whole frames are found, nothing else is, and nothing is trusted.
#include <boost/test/unit_test.hpp>
#include <cstring>

#include "packs.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "support/errors.h"

namespace platter::test {
namespace {

using pack::Slot;

constexpr std::size_t kHeader = 64;
constexpr std::size_t kFrameHeader = 56;

// Where the frames of pack_bytes(chunks, ...) begin; the last entry is their
// end.
std::vector<std::uint64_t> frame_offsets(const std::vector<Bytes>& chunks) {
  std::vector<std::uint64_t> offsets = {kHeader};
  for (const Bytes& chunk : chunks) {
    offsets.push_back(offsets.back() + sealed(chunk).frame.size());
  }
  return offsets;
}

// The slots that read; each must hold its own chunk.
std::vector<Slot> readable(const pack::Pack& pack,
                           const std::vector<Bytes>& chunks) {
  std::vector<Slot> slots;
  for (Slot slot = 0; slot < chunks.size(); ++slot) {
    try {
      BOOST_REQUIRE(pack.read(slot).plain == chunks[slot]);
      slots.push_back(slot);
    } catch (const Error& error) {
      BOOST_REQUIRE(error.code() == Errc::damaged);
    }
  }
  return slots;
}

std::vector<Slot> all_but(std::vector<Slot> missing, std::size_t count) {
  std::vector<Slot> slots;
  for (Slot slot = 0; slot < count; ++slot) {
    if (std::ranges::find(missing, slot) == missing.end()) {
      slots.push_back(slot);
    }
  }
  return slots;
}

void zero(Bytes& bytes, std::uint64_t from, std::uint64_t to) {
  std::memset(bytes.data() + from, 0, to - from);
}

// Sets the check of a header or footer block.
void sign_block(MutableBytes block) {
  store_le<std::uint64_t>(block, 56, hash64(block.first(56)));
}

// Sets the check of a frame header, as one who knows the pack's salt.
void sign_frame(Bytes& pack, std::uint64_t at) {
  Bytes salted(pack.begin() + static_cast<std::ptrdiff_t>(at),
               pack.begin() + static_cast<std::ptrdiff_t>(at + kFrameHeader));
  store_le(MutableBytes(salted), 48, load_le<std::uint64_t>(pack, 24));
  store_le(MutableBytes(pack), at + 48, hash64(salted));
}

BOOST_AUTO_TEST_SUITE(pack_damage)

BOOST_AUTO_TEST_CASE(a_pack_cut_anywhere_keeps_its_whole_frames) {
  const auto chunks = small_chunks();
  const auto offsets = frame_offsets(chunks);
  for (const bool seal : {false, true}) {
    const Bytes whole = pack_bytes(chunks, seal);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto pack = open_pack(Bytes(
          whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
      std::vector<Slot> expected;
      for (Slot slot = 0; slot < chunks.size(); ++slot) {
        if (offsets[slot + 1] <= size) expected.push_back(slot);
      }
      BOOST_CHECK(!pack->sealed());
      BOOST_CHECK(readable(*pack, chunks) == expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cut_pack_takes_frames_again_and_can_be_sealed) {
  const auto chunks = small_chunks();
  const Bytes whole = pack_bytes(chunks, false);
  for (std::size_t size = 0; size < whole.size(); size += 5) {
    ForgetfulDisk disk;
    disk.place(kPack, Bytes(whole.begin(),
                            whole.begin() + static_cast<std::ptrdiff_t>(size)));
    const auto pack = open_pack(disk);
    const auto before = readable(*pack, chunks);
    const Slot added = pack->append(sealed(wordy_bytes(77, 8)));
    pack->seal();
    const auto reopened = open_pack(disk);
    BOOST_CHECK(reopened->sealed());
    BOOST_CHECK(reopened->read(added).plain == wordy_bytes(77, 8));
    for (const Slot slot : before) {
      BOOST_CHECK(reopened->read(slot).plain == chunks[slot]);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_costs_at_most_its_frame) {
  const auto chunks = small_chunks();
  const auto offsets = frame_offsets(chunks);
  for (const bool seal : {false, true}) {
    const Bytes whole = pack_bytes(chunks, seal);
    for (std::size_t at = kHeader; at < whole.size(); ++at) {
      Bytes damaged = whole;
      damaged[at] ^= std::byte{0x10};
      std::vector<Slot> lost;
      for (Slot slot = 0; slot < chunks.size(); ++slot) {
        if (at >= offsets[slot] && at < offsets[slot + 1]) lost = {slot};
      }
      const auto found = readable(*open_pack(damaged), chunks);
      // Padding and fields that are zero may be damaged without harm, so a
      // frame may also survive.
      BOOST_CHECK(found == all_but(lost, chunks.size()) ||
                  found == all_but({}, chunks.size()));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_header_is_told_unless_the_footer_has_it) {
  const auto chunks = small_chunks();
  for (std::size_t at = 0; at < kHeader; ++at) {
    Bytes open = pack_bytes(chunks, false);
    open[at] ^= std::byte{1};
    BOOST_CHECK_EXCEPTION(open_pack(open), Error, has_code(Errc::damaged));
    Bytes complete = pack_bytes(chunks, true);
    complete[at] ^= std::byte{1};
    BOOST_CHECK(readable(*open_pack(complete), chunks) ==
                all_but({}, chunks.size()));
  }
}

BOOST_AUTO_TEST_CASE(zeroed_ranges_cost_only_the_frames_in_them) {
  const auto chunks = small_chunks();
  const auto offsets = frame_offsets(chunks);
  for (Slot first = 0; first < chunks.size(); ++first) {
    for (Slot last = first; last < chunks.size(); ++last) {
      Bytes holed = pack_bytes(chunks, false);
      zero(holed, offsets[first] + 3, offsets[last + 1] - 9);
      std::vector<Slot> lost;
      for (Slot slot = first; slot <= last; ++slot) lost.push_back(slot);
      BOOST_CHECK(readable(*open_pack(holed), chunks) ==
                  all_but(lost, chunks.size()));
    }
  }
}

BOOST_AUTO_TEST_CASE(another_packs_frames_inside_a_chunk_are_not_found) {
  // A guest's disk that holds a pack of this very id, in a frame whose header
  // is lost, so that recovery walks through the guest's bytes.
  const Bytes inner = random_bytes(120, 1);
  const Bytes outer = pack_bytes({inner, random_bytes(80, 2)}, false);
  Bytes bytes = pack_bytes({outer, random_bytes(50, 3)}, false);
  zero(bytes, kHeader, kHeader + 8);
  const auto pack = open_pack(bytes);
  BOOST_CHECK_EXCEPTION(pack->read(0), Error, has_code(Errc::damaged));
  BOOST_CHECK(pack->read(1).plain == random_bytes(50, 3));
  BOOST_CHECK_EQUAL(pack->slot_count(), 2);
}

BOOST_AUTO_TEST_CASE(the_pack_must_be_the_one_that_was_meant) {
  ForgetfulDisk disk;
  disk.place(kPack + 1, pack_bytes(small_chunks(), true));
  BOOST_CHECK_EXCEPTION(
      pack::Pack::open(disk.storage()->open(kPack + 1), kPack + 1), Error,
      says(Errc::damaged, "that of pack 7"));
}

BOOST_AUTO_TEST_CASE(a_newer_version_is_unsupported) {
  Bytes bytes = pack_bytes(small_chunks(), false);
  store_le<std::uint32_t>(bytes, 8, 2);
  sign_block(MutableBytes(bytes).first(64));
  BOOST_CHECK_EXCEPTION(open_pack(bytes), Error,
                        says(Errc::unsupported, "version 2"));
}

BOOST_AUTO_TEST_CASE(a_trailer_that_lies_is_not_believed) {
  const auto chunks = small_chunks();
  const Bytes whole = pack_bytes(chunks, true);
  const std::size_t footer = whole.size() - 64;
  const std::size_t table = footer - 8 * chunks.size();
  const auto lie = [&](auto change) {
    Bytes bytes = whole;
    change(bytes);
    store_le<std::uint64_t>(
        bytes, footer + 40,
        hash64(ByteView(bytes).subspan(table, footer - table)));
    sign_block(MutableBytes(bytes).subspan(footer));
    const auto pack = open_pack(bytes);
    BOOST_CHECK(!pack->sealed());
    BOOST_CHECK(readable(*pack, chunks) == all_but({}, chunks.size()));
  };
  lie([&](Bytes& b) { store_le<std::uint32_t>(b, footer + 12, 0xffffffff); });
  lie([&](Bytes& b) { store_le<std::uint64_t>(b, footer + 32, ~0ull); });
  lie([&](Bytes& b) { store_le<std::uint64_t>(b, footer + 32, table - 8); });
  lie([&](Bytes& b) { store_le<std::uint32_t>(b, table, 0xfffffff8); });
  lie([&](Bytes& b) { store_le<std::uint32_t>(b, table, 65); });
  lie([&](Bytes& b) { store_le<std::uint32_t>(b, table, 8); });
  lie([&](Bytes& b) { store_le<std::uint32_t>(b, table + 4, 0xffffffff); });
  lie([&](Bytes& b) { store_le<std::uint32_t>(b, table + 4, 8); });
  lie([&](Bytes& b) { store_le<std::uint32_t>(b, table + 4, 0); });
}

BOOST_AUTO_TEST_CASE(a_table_that_points_at_other_frames_reads_as_damaged) {
  const auto chunks = small_chunks();
  Bytes bytes = pack_bytes(chunks, true);
  const std::size_t footer = bytes.size() - 64;
  const std::size_t table = footer - 8 * chunks.size();
  std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(table),
                   bytes.begin() + static_cast<std::ptrdiff_t>(table + 8),
                   bytes.begin() + static_cast<std::ptrdiff_t>(table + 8));
  store_le<std::uint64_t>(
      bytes, footer + 40,
      hash64(ByteView(bytes).subspan(table, footer - table)));
  sign_block(MutableBytes(bytes).subspan(footer));
  const auto pack = open_pack(bytes);
  BOOST_CHECK(pack->sealed());
  BOOST_CHECK(readable(*pack, chunks) == all_but({0, 1}, chunks.size()));
}

BOOST_AUTO_TEST_CASE(frames_with_hostile_numbers_are_left_out) {
  const auto chunks = small_chunks();
  const Bytes whole = pack_bytes(chunks, false);
  const auto forge = [&](std::size_t field, std::uint32_t value) {
    Bytes bytes = whole;
    store_le<std::uint32_t>(bytes, kHeader + field, value);
    sign_frame(bytes, kHeader);
    const auto pack = open_pack(bytes);
    BOOST_CHECK_LE(pack->slot_count(), bytes.size() / 64);
    const auto found = readable(*pack, chunks);
    BOOST_CHECK(std::ranges::find(found, 0u) == found.end());
  };
  for (const std::uint32_t value : {0u, 1u, 299u, 0xffffffu, 0xffffffffu}) {
    forge(12, value);  // plain length
    forge(16, value);  // payload length
  }
  for (const std::uint32_t value : {1u, 100u, 0x7fffffffu, 0xffffffffu}) {
    forge(8, value);  // slot
  }
  forge(4, 0x00000001);  // codec none, lengths differ
  forge(4, 0x00000200 | 1);
  forge(4, 0x00000100);  // kind 0
}

BOOST_AUTO_TEST_CASE(a_slot_is_not_taken_twice) {
  const auto chunks = small_chunks();
  Bytes bytes = pack_bytes(chunks, false);
  const std::uint64_t second = frame_offsets(chunks)[1];
  store_le<std::uint32_t>(bytes, second + 8, 0);
  sign_frame(bytes, second);
  BOOST_CHECK(readable(*open_pack(bytes), chunks) ==
              all_but({1}, chunks.size()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
