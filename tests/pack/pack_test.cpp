// tests/pack/pack_test.cpp: what goes into a pack comes out of it.
#include <boost/test/unit_test.hpp>
#include <thread>

#include "packs.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "support/errors.h"
#include "support/faulty_storage.h"

namespace platter::test {
namespace {

using pack::Kind;
using pack::Pack;
using pack::Slot;

std::vector<Bytes> mixed_chunks() {
  return {wordy_bytes(60 * kKiB, 1),
          random_bytes(60 * kKiB, 2),
          Bytes(1, std::byte{1}),
          Bytes(128 * kKiB, std::byte{0}),
          random_bytes(7, 3),
          wordy_bytes(16 * kMiB - 1, 4),
          random_bytes(16 * kMiB - 1, 5)};
}

void check_holds(const Pack& pack, const std::vector<Bytes>& chunks) {
  BOOST_REQUIRE_EQUAL(pack.slot_count(), chunks.size());
  for (Slot slot = 0; slot < chunks.size(); ++slot) {
    BOOST_CHECK(pack.read(slot).plain == chunks[slot]);
  }
}

// Length of what has no frame shorter than itself.
std::uint64_t plain_frame(std::uint64_t length) {
  return round_up(56 + length, 8);
}

BOOST_AUTO_TEST_SUITE(pack_file)

BOOST_AUTO_TEST_CASE(chunks_are_read_back_open_sealed_and_opened_again) {
  ForgetfulDisk disk;
  const auto chunks = mixed_chunks();
  const auto pack = create_pack(disk);
  for (Slot slot = 0; slot < chunks.size(); ++slot) {
    BOOST_CHECK_EQUAL(pack->append(sealed(chunks[slot])), slot);
  }
  check_holds(*pack, chunks);

  const auto recovered = open_pack(disk);
  BOOST_CHECK(!recovered->sealed());
  check_holds(*recovered, chunks);

  pack->seal();
  BOOST_CHECK(pack->sealed());
  check_holds(*pack, chunks);

  const auto reopened = open_pack(disk);
  BOOST_CHECK(reopened->sealed());
  BOOST_CHECK_EQUAL(reopened->size(), disk.bytes(kPack).size());
  check_holds(*reopened, chunks);
}

BOOST_AUTO_TEST_CASE(a_frame_says_what_it_holds) {
  ForgetfulDisk disk;
  const auto pack = create_pack(disk);
  const Bytes words = wordy_bytes(8000, 1);
  const Bytes noise = random_bytes(999, 2);
  pack->append(sealed(words, Kind::node));
  pack->append(sealed(noise, Kind::record));

  const auto first = pack->info(0);
  BOOST_REQUIRE(first);
  BOOST_CHECK(first->kind == Kind::node);
  BOOST_CHECK_EQUAL(first->plain_length, 8000);
  BOOST_CHECK(first->hash == hash128(words));
  BOOST_CHECK_LT(first->stored_length, 4000);

  const auto second = pack->info(1);
  BOOST_REQUIRE(second);
  BOOST_CHECK(second->kind == Kind::record);
  BOOST_CHECK_EQUAL(second->stored_length, plain_frame(999));
  BOOST_CHECK(pack->read(1).info.hash == hash128(noise));
  BOOST_CHECK(!pack->info(2));
}

BOOST_AUTO_TEST_CASE(what_zstd_does_not_shorten_is_stored_plain) {
  for (const std::uint64_t size : {1, 8, 57, 4096, 65536}) {
    const auto frame = sealed(random_bytes(size, size));
    BOOST_CHECK_EQUAL(frame.frame.size(), plain_frame(size));
    BOOST_CHECK_EQUAL(frame.info.stored_length, plain_frame(size));
  }
}

// The example of docs/format/pack.md, with a chunk that zstd leaves alone so
// that the numbers do not hang on its version.
BOOST_AUTO_TEST_CASE(the_bytes_are_those_of_the_format_document) {
  ForgetfulDisk disk;
  const Bytes plain = random_bytes(21, 1);
  const auto pack = create_pack(disk);
  pack->append(sealed(plain, Kind::node));
  pack->seal();
  const ByteView bytes = disk.bytes(kPack);
  BOOST_REQUIRE_EQUAL(bytes.size(), 216);
  const auto text = [&](std::size_t at, std::size_t length) {
    return as_text(bytes.subspan(at, length));
  };
  const auto u32 = [&](std::size_t at) {
    return load_le<std::uint32_t>(bytes, at);
  };
  const auto u64 = [&](std::size_t at) {
    return load_le<std::uint64_t>(bytes, at);
  };
  BOOST_CHECK_EQUAL(text(0, 8), "PLTRPACK");
  BOOST_CHECK_EQUAL(u32(8), 1);
  BOOST_CHECK_EQUAL(u64(16), kPack);
  BOOST_CHECK_EQUAL(u64(56), hash64(bytes.first(56)));

  BOOST_CHECK_EQUAL(text(64, 4), "PFRM");
  BOOST_CHECK_EQUAL(u32(68), 2);  // a node, codec none
  BOOST_CHECK_EQUAL(u32(72), 0);
  BOOST_CHECK_EQUAL(u32(76), 21);
  BOOST_CHECK_EQUAL(u32(80), 21);
  BOOST_CHECK_EQUAL(u64(88), hash128(plain).high);
  BOOST_CHECK_EQUAL(u64(96), hash128(plain).low);
  BOOST_CHECK_EQUAL(u64(104), kPack);
  BOOST_CHECK(to_bytes(bytes.subspan(120, 21)) == plain);
  BOOST_CHECK(all_zero(bytes.subspan(141, 3)));

  BOOST_CHECK_EQUAL(u32(144), 64);
  BOOST_CHECK_EQUAL(u32(148), 80);
  BOOST_CHECK_EQUAL(text(152, 8), "PLTRSEAL");
  BOOST_CHECK_EQUAL(u32(164), 1);
  BOOST_CHECK_EQUAL(u64(176), u64(24));  // the salt
  BOOST_CHECK_EQUAL(u64(184), 144);
  BOOST_CHECK_EQUAL(u64(192), hash64(bytes.subspan(144, 8)));
  BOOST_CHECK_EQUAL(u64(208), hash64(bytes.subspan(152, 56)));
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_not_there_is_damaged_and_named) {
  ForgetfulDisk disk;
  const auto pack = create_pack(disk);
  BOOST_CHECK_EXCEPTION(pack->read(3), Error,
                        says(Errc::damaged, "pack 7 slot 3"));
}

BOOST_AUTO_TEST_CASE(a_sealed_pack_takes_no_more) {
  ForgetfulDisk disk;
  const auto pack = create_pack(disk);
  pack->append(sealed(wordy_bytes(100, 1)));
  BOOST_CHECK(!pack::has_footer(*disk.storage()->open(kPack), kPack));
  pack->seal();
  const std::uint64_t size = pack->size();
  pack->seal();
  BOOST_CHECK_EQUAL(pack->size(), size);
  BOOST_CHECK(pack::has_footer(*disk.storage()->open(kPack), kPack));
  BOOST_CHECK_EXCEPTION(pack->append(sealed(wordy_bytes(100, 2))), Error,
                        has_code(Errc::invalid));
  BOOST_CHECK_EQUAL(disk.bytes(kPack).size(), size);
}

BOOST_AUTO_TEST_CASE(an_empty_pack_can_be_sealed) {
  ForgetfulDisk disk;
  create_pack(disk)->seal();
  const auto pack = open_pack(disk);
  BOOST_CHECK(pack->sealed());
  BOOST_CHECK_EQUAL(pack->slot_count(), 0);
}

BOOST_AUTO_TEST_CASE(what_was_synced_survives_and_the_header_always_does) {
  ForgetfulDisk disk;
  const auto pack = create_pack(disk);
  disk.forget();
  BOOST_CHECK_EQUAL(open_pack(disk)->slot_count(), 0);

  pack->append(sealed(wordy_bytes(1000, 1)));
  pack->sync();
  pack->append(sealed(wordy_bytes(1000, 2)));
  disk.forget();
  const auto recovered = open_pack(disk);
  BOOST_CHECK_EQUAL(recovered->slot_count(), 1);
  BOOST_CHECK(recovered->read(0).plain == wordy_bytes(1000, 1));
}

BOOST_AUTO_TEST_CASE(a_failed_append_changes_nothing) {
  ForgetfulDisk disk;
  const auto faults = std::make_shared<Faults>();
  FaultyStorage storage(disk.storage(), faults);
  const auto pack = Pack::create(storage.create(kPack), kPack);
  const auto chunks = small_chunks();
  for (Slot slot = 0; slot < chunks.size(); ++slot) {
    const std::uint64_t before = disk.bytes(kPack).size();
    faults->write_to_fail = 1;
    BOOST_CHECK_EXCEPTION(pack->append(sealed(random_bytes(700, slot))), Error,
                          has_code(Errc::no_space));
    BOOST_CHECK_EQUAL(disk.bytes(kPack).size(), before);
    BOOST_CHECK_EQUAL(pack->append(sealed(chunks[slot])), slot);
  }
  check_holds(*pack, chunks);
  check_holds(*open_pack(disk), chunks);
}

BOOST_AUTO_TEST_CASE(a_failed_seal_leaves_the_pack_open) {
  const auto chunks = small_chunks();
  // At the sync of the frames, at the trailer, and at the sync of that.
  for (const auto& [sync, write] : {std::pair(1, 0), {0, 1}, {2, 0}}) {
    ForgetfulDisk disk;
    const auto faults = std::make_shared<Faults>();
    FaultyStorage storage(disk.storage(), faults);
    const auto pack = Pack::create(storage.create(kPack), kPack);
    for (const Bytes& chunk : chunks) pack->append(sealed(chunk));
    faults->sync_to_fail = sync;
    faults->write_to_fail = write;
    BOOST_CHECK_THROW(pack->seal(), Error);
    BOOST_CHECK(!pack->sealed());
    // A footer promises that the frames are durable.
    BOOST_CHECK(sync != 1 ||
                !pack::has_footer(*disk.storage()->open(kPack), kPack));
    check_holds(*pack, chunks);
    pack->seal();
    disk.forget();
    check_holds(*open_pack(disk), chunks);
    BOOST_CHECK(open_pack(disk)->sealed());
  }
}

BOOST_AUTO_TEST_CASE(readers_and_appenders_share_a_pack) {
  ForgetfulDisk disk;
  const auto pack = create_pack(disk);
  constexpr std::uint64_t kEach = 200;
  std::vector<std::vector<Slot>> slots(2);
  std::atomic<int> wrong = 0;
  const auto append_and_read = [&](std::uint64_t worker) {
    for (std::uint64_t i = 0; i < kEach; ++i) {
      const std::uint64_t seed = worker * kEach + i;
      slots[worker].push_back(pack->append(sealed(wordy_bytes(3000, seed))));
      const std::uint64_t earlier = i / 2;
      wrong += pack->read(slots[worker][earlier]).plain !=
               wordy_bytes(3000, worker * kEach + earlier);
    }
  };
  {
    const std::jthread one(append_and_read, 0);
    const std::jthread other(append_and_read, 1);
  }
  BOOST_CHECK_EQUAL(wrong, 0);
  BOOST_CHECK_EQUAL(pack->slot_count(), 2 * kEach);
  const auto recovered = open_pack(disk);
  for (std::uint64_t worker : {0, 1}) {
    for (std::uint64_t i = 0; i < kEach; ++i) {
      BOOST_REQUIRE(recovered->read(slots[worker][i]).plain ==
                    wordy_bytes(3000, worker * kEach + i));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
