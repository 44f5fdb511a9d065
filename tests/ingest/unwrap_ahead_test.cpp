// tests/ingest/unwrap_ahead_test.cpp: however a compressed file is sent, what
// was unpacked ahead is what lies in it, or nothing.
#include "platter/ingest/unwrap_ahead.h"

#include <boost/test/unit_test.hpp>

#include "laws/byte_source.h"
#include "platter/block/source.h"
#include "support/disks.h"
#include "support/folder.h"
#include "support/wrapped_files.h"

namespace platter::ingest {
namespace {

using archive::Wrapper;
using test::Random;

constexpr std::uint64_t kPiece = 32 * kKiB;

// A staged file whose writes are told to what unpacks it.
struct Fixture {
  void write(std::uint64_t offset, ByteView bytes) {
    staging.write(offset, bytes);
    ahead.written(offset, bytes.size());
  }
  void send(ByteView file, std::uint64_t from = 0) {
    for (std::uint64_t at = from; at < file.size(); at += kPiece) {
      write(at, file.subspan(at, std::min(kPiece, file.size() - at)));
    }
  }
  void resize(std::uint64_t size) {
    staging.resize(size);
    ahead.resized(size);
  }
  auto finish() { return ahead.finish(staging.size()); }

  test::TemporaryFolder folder;
  Staging staging{folder.path() / "staged", nullptr};
  UnwrapAhead ahead{staging, folder.path(), {}};
  Bytes plain = test::random_disk(2 * kMiB + 77, 1);
};

BOOST_AUTO_TEST_SUITE(ingest_unwrap_ahead)

BOOST_AUTO_TEST_CASE(what_comes_in_order_is_unpacked) {
  for (const Wrapper wrapper : test::kCompressed) {
    Fixture f;
    f.send(test::packed(wrapper, f.plain));
    const auto result = f.finish();
    BOOST_REQUIRE(result);
    BOOST_CHECK(result->wrapper == wrapper);
    test::check_byte_source(*result->disk.content, f.plain);
    BOOST_CHECK(!f.finish());
  }
}

// As the kernel sends them, several at a time.
BOOST_FIXTURE_TEST_CASE(what_comes_nearly_in_order_too, Fixture) {
  const Bytes file = test::packed(Wrapper::gz, plain);
  std::vector<std::uint64_t> offsets;
  for (std::uint64_t at = 0; at < file.size(); at += kPiece) {
    offsets.push_back(at);
  }
  Random random(1);
  for (std::size_t i = 0; i + 4 <= offsets.size(); i += 4) {
    std::swap(offsets[i], offsets[i + random.below(4)]);
  }
  for (const std::uint64_t at : offsets) {
    write(at, ByteView(file).subspan(at, std::min(kPiece, file.size() - at)));
  }
  const auto result = finish();
  BOOST_REQUIRE(result);
  test::check_byte_source(*result->disk.content, plain);
}

BOOST_FIXTURE_TEST_CASE(what_is_changed_after_is_unpacked_anew, Fixture) {
  const Bytes file = test::packed(Wrapper::gz, plain);
  send(file);
  // Unpacked already, or not: it is not that file any more.
  const Bytes other{~file[file.size() / 3]};
  write(file.size() / 3, other);
  BOOST_CHECK(!finish());
}

BOOST_FIXTURE_TEST_CASE(what_is_sent_anew_is_what_counts, Fixture) {
  const Bytes file = test::packed(Wrapper::gz, plain);
  const Bytes next = test::packed(Wrapper::xz, ByteView(plain).first(kMiB));
  send(file);
  resize(0);
  send(next);
  const auto result = finish();
  if (result) {
    test::check_byte_source(*result->disk.content, ByteView(plain).first(kMiB));
  }
  BOOST_CHECK(!result || result->wrapper == Wrapper::xz);
}

BOOST_FIXTURE_TEST_CASE(what_is_missing_is_seen_when_it_is_whole, Fixture) {
  const Bytes file = test::packed(Wrapper::gz, plain);
  send(ByteView(file).first(file.size() / 2));
  resize(file.size());
  BOOST_CHECK(!finish());
}

BOOST_FIXTURE_TEST_CASE(what_is_cut_off_comes_to_nothing, Fixture) {
  const Bytes file = test::packed(Wrapper::xz, plain);
  send(ByteView(file).first(file.size() - 5));
  BOOST_CHECK(!finish());
}

BOOST_FIXTURE_TEST_CASE(what_is_damaged_comes_to_nothing, Fixture) {
  Bytes file = test::packed(Wrapper::zst, plain);
  file[file.size() / 2] ^= std::byte{1};
  send(file);
  BOOST_CHECK(!finish());
}

BOOST_FIXTURE_TEST_CASE(a_plain_file_costs_no_thread, Fixture) {
  send(plain);
  BOOST_CHECK(!finish());
}

BOOST_FIXTURE_TEST_CASE(nobody_waits_for_what_never_comes, Fixture) {
  const Bytes file = test::packed(Wrapper::bz2, plain);
  send(ByteView(file).first(file.size() / 2));
  ahead.stop();
  send(file, file.size() / 2);
  BOOST_CHECK(!finish());
}

BOOST_FIXTURE_TEST_CASE(a_folder_that_takes_nothing_comes_to_nothing, Fixture) {
  UnwrapAhead lost(staging, folder.path() / "none", {});
  const Bytes file = test::packed(Wrapper::gz, plain);
  staging.write(0, file);
  lost.written(0, file.size());
  BOOST_CHECK(!lost.finish(file.size()));
}

BOOST_FIXTURE_TEST_CASE(limits_hold, Fixture) {
  archive::Limits limits;
  limits.size = kMiB;
  UnwrapAhead bounded(staging, folder.path(), limits);
  const Bytes file = test::packed(Wrapper::gz, plain);
  staging.write(0, file);
  bounded.written(0, file.size());
  BOOST_CHECK(!bounded.finish(file.size()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::ingest
