// tests/ingest/rebuild_test.cpp: of compressed uploads the disk alone is kept
// when that is asked for.
#include <boost/test/unit_test.hpp>

#include "image/stores.h"
#include "laws/format.h"
#include "platter/block/sources.h"
#include "platter/ingest/ingest.h"
#include "support/disk_files.h"
#include "support/sparse.h"
#include "support/wrapped_files.h"

namespace platter::ingest {
namespace {

using archive::Wrapper;
using block::SourcePtr;
using format::Format;
using test::packed;

// Little of it compresses to much, all of it to less.
Bytes compressible_disk() {
  Bytes disk = test::random_disk(6 * kMiB, 1, 60);
  for (std::byte& byte : disk) byte &= std::byte{0x0f};
  return disk;
}

struct Fixture : test::StoreInFolder {
  Ingested send(const SourcePtr& file, Keep keep,
                const std::string& name = "x.img") {
    Upload upload;
    upload.file = file;
    upload.file_name = name;
    upload.identity = test::some_identity();
    upload.scratch = folder.path();
    upload.keep = keep;
    return ingest(*store, workers, upload);
  }
  Bytes original_of(const Ingested& image) {
    return block::read_all(*image::open_original(
        *store, image.original, image::open_disk(*store, *image.guest)));
  }
  SourcePtr compressed_qcow2() {
    test::save(test::SparseMemory(disk), work / "d.raw");
    test::run("qemu-img convert -c -f raw -O qcow2 " + work / "d.raw" + " " +
              work / "d.qcow2");
    return test::open_file(work / "d.qcow2");
  }
  void check_rebuilt(const Ingested& image, Format format) {
    BOOST_TEST(image.rebuilt);
    BOOST_TEST(image.wrapper == "");
    BOOST_TEST(image.container == "bare");
    BOOST_CHECK(image.format == format);
    const Bytes file = original_of(image);
    const auto guest = open_guest(format, block::memory_source(file));
    test::check_byte_source(*guest, disk);
    // The tables of a format, and nothing like the disk once more.
    BOOST_TEST(image::stored_size(*store, image.original.literal) <
               image::stored_size(*store, *image.guest) / 50);
  }

  Workers workers{2};
  Bytes disk = compressible_disk();
  test::DiskFolder work;
};

BOOST_FIXTURE_TEST_SUITE(rebuild, Fixture)

BOOST_AUTO_TEST_CASE(exactness_is_kept_unless_asked_otherwise) {
  const auto file = compressed_qcow2();
  const Ingested image = send(file, Keep::exact);
  BOOST_TEST(!image.rebuilt);
  BOOST_CHECK(original_of(image) == block::read_all(*file));
}

BOOST_AUTO_TEST_CASE(compressed_clusters) {
  check_rebuilt(send(compressed_qcow2(), Keep::rebuild), Format::qcow2);
}

BOOST_AUTO_TEST_CASE(wrapped_disks) {
  const auto raw = block::memory_source(packed(Wrapper::gz, disk));
  check_rebuilt(send(raw, Keep::rebuild, "x.raw.gz"), Format::raw);
  const auto qcow2 = block::memory_source(
      packed(Wrapper::xz, block::read_all(*compressed_qcow2())));
  check_rebuilt(send(qcow2, Keep::rebuild, "x.qcow2.xz"), Format::qcow2);
}

BOOST_AUTO_TEST_CASE(what_costs_little_stays_as_it_was_sent) {
  for (const Format format : format::kFormats) {
    const auto file =
        make_view(format, std::make_shared<test::SparseMemory>(disk),
                  test::some_identity());
    const Ingested image = send(file, Keep::rebuild);
    BOOST_TEST_CONTEXT(name_of(format)) {
      BOOST_TEST(!image.rebuilt);
      BOOST_CHECK(original_of(image) == block::read_all(*file));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::ingest
