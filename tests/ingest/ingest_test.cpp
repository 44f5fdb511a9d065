// tests/ingest/ingest_test.cpp: what is sent comes back, as the file it was
// and as the disk it holds; what is there already costs nothing.
#include "platter/ingest/ingest.h"

#include <boost/test/unit_test.hpp>

#include "image/stores.h"
#include "laws/byte_source.h"
#include "laws/format.h"
#include "platter/block/sources.h"
#include "platter/format/view.h"
#include "support/errors.h"
#include "support/qcow2_file.h"
#include "support/sparse.h"

namespace platter::ingest {
namespace {

using block::SourcePtr;
using format::Format;
using format::View;
using test::has_code;
using test::says;

SourcePtr sparse(const Bytes& bytes) {
  return std::make_shared<test::SparseMemory>(bytes);
}

SourcePtr qcow2_of(const Bytes& disk) {
  return format::make_view(Format::qcow2, sparse(disk), test::some_identity());
}

// A raw file as a guest: whole sectors.
Bytes padded(Bytes bytes) {
  bytes.resize(round_up(bytes.size(), kSectorSize));
  return bytes;
}

struct Fixture : test::StoreInFolder {
  Ingested send(const SourcePtr& file, const std::string& name = "x.img",
                std::optional<Format> declared = std::nullopt) {
    return ingest(*store, workers,
                  {file, name, declared, test::some_identity()});
  }
  SourcePtr guest_of(const Ingested& image) {
    return image::open_disk(*store, *image.guest);
  }
  SourcePtr original_of(const Ingested& image) {
    return image::open_original(*store, image.original, guest_of(image));
  }

  // Sends `file` and holds all that can be read of it against what it is.
  Ingested check(const SourcePtr& file, Format format, const Bytes& disk) {
    const Ingested image = send(file);
    BOOST_CHECK(image.format == format);
    const auto guest = guest_of(image);
    test::check_byte_source(*guest, disk);
    test::check_byte_source(*original_of(image), block::read_all(*file));
    for (const View one : format::views()) check_view_size(image, one);
    return image;
  }
  void check_view_size(const Ingested& image, View view) {
    const auto size = image.view_sizes.find(std::string(name_of(view)));
    const bool listed = size != image.view_sizes.end();
    BOOST_REQUIRE_EQUAL(listed, can_hold(view, *guest_of(image)));
    if (!listed) return;
    const auto file =
        format::make_view(view, guest_of(image), test::some_identity());
    BOOST_TEST(size->second == file->size());
  }

  // Bytes that the packs grow by when `file` is sent.
  std::uint64_t cost(const SourcePtr& file) {
    const std::uint64_t before = store->stats().stored_bytes;
    send(file);
    return store->stats().stored_bytes - before;
  }

  Workers workers{2};
};

BOOST_FIXTURE_TEST_SUITE(ingest_ingest, Fixture)

BOOST_AUTO_TEST_CASE(raw_files_of_any_length_come_back) {
  std::uint64_t seed = 0;
  for (const std::uint64_t size :
       {std::uint64_t{1}, std::uint64_t{511}, kSectorSize, kPageSize - 1,
        kPageSize, kPageSize + 1, 700 * kKiB + 13, 3 * kMiB + 512}) {
    const Bytes file = test::random_disk(size, ++seed, 60);
    check(sparse(file), Format::raw, padded(file));
    check(block::memory_source(file), Format::raw, padded(file));
  }
}

BOOST_AUTO_TEST_CASE(disks_of_several_leaves_come_back) {
  for (const std::uint64_t size :
       {image::kLeafSpan + 1, 2 * image::kLeafSpan - 77}) {
    const auto disk = std::make_shared<test::PatternDisk>(
        size, std::map<std::uint64_t, std::uint64_t>{
                  {512, 1024},
                  {5 * kMiB + 1536, 3 * kMiB},
                  {image::kLeafSpan - 40 * kKiB, 40 * kKiB}});
    check(disk, Format::raw, padded(block::read_all(*disk)));
  }
}

BOOST_AUTO_TEST_CASE(qcow2_files_come_back) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const Bytes disk = test::random_disk(seed * 900 * kKiB + 512, seed);
    check(qcow2_of(disk), Format::qcow2, disk);
  }
  const test::Qcow2File small;
  check(small.source(), Format::qcow2, small.disk());
}

BOOST_AUTO_TEST_CASE(zeros_are_not_stored) {
  const Ingested image = check(block::memory_source(Bytes(2 * kMiB)),
                               Format::raw, Bytes(2 * kMiB));
  BOOST_CHECK(!image.guest->root.ref);
  BOOST_TEST(image.stored_size == 0);
}

BOOST_AUTO_TEST_CASE(the_same_disk_again_costs_nothing) {
  const Bytes disk = test::random_disk(5 * kMiB, 1);
  const std::uint64_t first = cost(sparse(disk));
  BOOST_TEST(first > kMiB);
  const store::Stats before = store->stats();
  BOOST_TEST(cost(sparse(disk)) == 0);
  const store::Stats after = store->stats();
  BOOST_TEST(after.puts > before.puts);
  BOOST_TEST(after.duplicates - before.duplicates == after.puts - before.puts);
  // In another container only its tables are new.
  BOOST_TEST(cost(qcow2_of(disk)) < 16 * kKiB);
}

BOOST_AUTO_TEST_CASE(a_file_that_lies_elsewhere_is_found_again) {
  const Bytes file = test::random_bytes(6 * kMiB, 1);
  Bytes moved(37 * kPageSize);
  moved.insert(moved.end(), file.begin(), file.end());
  const std::uint64_t first = cost(sparse(file));
  // A run of pages begins anew after a hole, and is cut alike from there.
  BOOST_TEST(cost(sparse(moved)) < 16 * kKiB);
  moved[36 * kPageSize] = std::byte{1};
  BOOST_TEST(cost(sparse(moved)) < first / 4);
}

BOOST_AUTO_TEST_CASE(the_stored_size_is_what_the_chunks_take) {
  const Ingested image = send(sparse(test::random_disk(3 * kMiB, 1)));
  BOOST_TEST(image.stored_size > 0);
  BOOST_TEST(image.stored_size <= store->stats().stored_bytes);
  // Whether others have them, too, makes no difference.
  BOOST_TEST(send(sparse(test::random_disk(3 * kMiB, 1))).stored_size ==
             image.stored_size);
}

BOOST_AUTO_TEST_CASE(the_content_decides_the_format) {
  const Bytes disk = test::random_disk(300 * kKiB, 1);
  for (const char* name : {"x", "x.img", "disk.bin", "x.qcow2", "x.QCOW2"}) {
    BOOST_CHECK(send(qcow2_of(disk), name).format == Format::qcow2);
  }
  for (const char* name : {"x", "x.img", "disk.bin", "x.raw"}) {
    BOOST_CHECK(send(sparse(disk), name).format == Format::raw);
  }
}

BOOST_AUTO_TEST_CASE(names_that_contradict_the_content_are_refused) {
  const Bytes disk = test::random_disk(300 * kKiB, 1);
  BOOST_CHECK_EXCEPTION(send(sparse(disk), "x.qcow2"), Error,
                        says(Errc::invalid, "\"x.qcow2\" holds a raw disk"));
  BOOST_CHECK_EXCEPTION(send(qcow2_of(disk), "x.raw"), Error,
                        says(Errc::invalid, "user.disk_format=raw"));
}

BOOST_AUTO_TEST_CASE(declared_formats) {
  const Bytes disk = test::random_disk(300 * kKiB, 1);
  BOOST_CHECK_EXCEPTION(send(sparse(disk), "x.img", Format::qcow2), Error,
                        says(Errc::invalid, "disk_format was set to qcow2"));
  // Any bytes are a raw disk to somebody who says so.
  const auto file = qcow2_of(disk);
  const Ingested image = send(file, "x.raw", Format::raw);
  BOOST_CHECK(image.format == Format::raw);
  BOOST_CHECK_EQUAL(image.looks_like, "qcow2");
  test::check_byte_source(*guest_of(image), padded(block::read_all(*file)));
}

BOOST_AUTO_TEST_CASE(encrypted_disks_are_kept_as_they_are) {
  test::Qcow2File locked;
  locked.set32(32, 1);
  const Ingested image = send(locked.source());
  BOOST_CHECK(image.format == Format::qcow2);
  BOOST_CHECK(!image.guest);
  BOOST_CHECK(image.view_sizes.empty());
  BOOST_CHECK_EQUAL(image.encrypted_size, 8 * test::Qcow2File::kCluster);
  BOOST_CHECK_EQUAL(image.note,
                    "the disk is encrypted with AES inside the qcow2; only the "
                    "file as it was sent is here");
  BOOST_CHECK_GE(image.stored_size, 1'536);  // what was random
  test::check_byte_source(
      *image::open_original(*store, image.original, nullptr), locked.bytes());
  // One that is not is not: only what cannot be read is let through.
  locked.set64(8, 100);
  BOOST_CHECK_EXCEPTION(send(locked.source()), Error,
                        says(Errc::invalid, "backing_file_offset is 0x64"));
}

BOOST_AUTO_TEST_CASE(what_a_disk_that_was_declared_raw_looks_like) {
  const auto looks = [this](std::string_view start, std::string_view end) {
    Bytes disk = test::random_disk(64 * kKiB, 1);
    std::ranges::copy(as_bytes(start), disk.begin());
    std::ranges::copy(as_bytes(end), disk.end() - 512);
    return send(block::memory_source(disk), "x.raw", Format::raw).looks_like;
  };
  using namespace std::string_view_literals;
  constexpr std::string_view kTrailer = "koly\0\0\0\4\0\0\2\0"sv;
  BOOST_CHECK_EQUAL(looks("", ""), "");
  BOOST_CHECK_EQUAL(looks("vhdxfile", ""), "vhdx");
  BOOST_CHECK_EQUAL(looks("QED\0"sv, ""), "QED");
  BOOST_CHECK_EQUAL(looks("KDMV", kTrailer), "vmdk, DMG");
}

BOOST_AUTO_TEST_CASE(what_is_no_disk_is_refused) {
  Bytes cut = block::read_all(*qcow2_of(test::random_disk(900 * kKiB, 1)));
  cut.resize(cut.size() / 2);
  BOOST_CHECK_EXCEPTION(send(block::memory_source(cut)), Error,
                        has_code(Errc::corrupt));
  test::Qcow2File with_base;
  with_base.set64(8, 112);
  with_base.set32(16, 4);
  BOOST_CHECK_EXCEPTION(send(with_base.source()), Error,
                        has_code(Errc::invalid));
}

// Says it is data; its second half cannot be read.
class HalfGone final : public block::ByteSource {
 public:
  std::uint64_t size() const noexcept override { return 4 * kMiB; }
  void read(std::uint64_t offset, MutableBytes out) const override {
    if (offset + out.size() > size() / 2) throw Error(Errc::io, "half gone");
    std::ranges::fill(out, std::byte{1});
  }
  block::Extent extent_at(std::uint64_t offset) const override {
    return {offset, size() - offset, block::ExtentKind::data};
  }
};

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_not_taken) {
  BOOST_CHECK_EXCEPTION(send(std::make_shared<HalfGone>()), Error,
                        says(Errc::io, "half gone"));
}

BOOST_AUTO_TEST_CASE(what_was_taken_survives_a_restart) {
  const Bytes disk = test::random_disk(2 * kMiB, 1);
  const auto file = qcow2_of(disk);
  const Ingested image = send(file);
  store.reset();
  index.reset();
  index = index::open(folder.path() / "index");
  store =
      store::Store::open(*index, pack::local_storage(folder.path() / "packs"));
  test::check_byte_source(*guest_of(image), disk);
  test::check_byte_source(*original_of(image), block::read_all(*file));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::ingest
