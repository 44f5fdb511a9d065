// tests/ingest/ingest_set_test.cpp: disks in several files, stored and given
// back.
#include "platter/ingest/ingest_set.h"

#include <boost/test/unit_test.hpp>

#include "image/stores.h"
#include "laws/byte_source.h"
#include "laws/format.h"
#include "platter/block/sources.h"
#include "platter/format/view.h"
#include "support/errors.h"
#include "support/vmdk_set.h"

namespace platter::ingest {
namespace {

using block::memory_source;

struct Fixture : test::StoreInFolder {
  IngestedSet send(const std::string& extents,
                   const std::vector<Bytes>& parts) {
    SetUpload upload;
    upload.identity = test::some_identity();
    text = test::set_descriptor("twoGbMaxExtentFlat", extents);
    upload.descriptor = memory_source(to_bytes(text));
    for (const Bytes& part : parts) {
      upload.parts.push_back(memory_source(part));
    }
    return ingest_set(*store, workers, upload);
  }

  Workers workers{2};
  std::string text;
  // Some before and behind what the disk has of it, and holes.
  Bytes a = test::random_disk(300 * kKiB, 1, 50);
  Bytes b = test::random_disk(200 * kKiB, 2, 50);
};

BOOST_FIXTURE_TEST_SUITE(ingest_ingest_set, Fixture)

BOOST_AUTO_TEST_CASE(the_guest_and_every_file) {
  const IngestedSet set =
      send("RW 500 FLAT \"a\" 3\nRW 9 ZERO\nRW 400 FLAT \"b\" 0\n", {a, b});
  Bytes disk(a.begin() + 3 * 512, a.begin() + 503 * 512);
  disk.resize(509 * 512);
  disk.insert(disk.end(), b.begin(), b.end());
  BOOST_CHECK(set.disk.format == format::Format::vmdk);
  const auto guest = image::open_disk(*store, *set.disk.guest);
  test::check_byte_source(*guest, disk);
  const auto opened = [&](const image::Original& original) {
    return image::open_original(*store, original, guest);
  };
  test::check_byte_source(*opened(set.disk.original), to_bytes(text));
  BOOST_REQUIRE(set.parts.size() == 2);
  test::check_byte_source(*opened(set.parts[0]), a);
  test::check_byte_source(*opened(set.parts[1]), b);
  for (const format::View view : format::views()) {
    const auto file = format::make_view(view, guest, test::some_identity());
    BOOST_TEST(set.disk.view_sizes.at(std::string(name_of(view))) ==
               file->size());
  }
}

BOOST_AUTO_TEST_CASE(parts_cost_next_to_nothing) {
  const std::uint64_t empty = store->stats().stored_bytes;
  send("RW 600 FLAT \"a\" 0\n", {a});
  const std::uint64_t one = store->stats().stored_bytes - empty;
  // The same bytes in other files are the same disk.
  send("RW 256 FLAT \"a\" 0\nRW 344 FLAT \"b\" 0\n",
       {Bytes(a.begin(), a.begin() + 256 * 512),
        Bytes(a.begin() + 256 * 512, a.end())});
  const std::uint64_t two = store->stats().stored_bytes - empty;
  BOOST_TEST(two - one < 2'000);
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
  BOOST_CHECK_EXCEPTION(send("RW 601 FLAT \"a\" 0\n", {a}), Error,
                        test::says(Errc::corrupt, "601 sectors"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::ingest
