// tests/ingest/unwrap_test.cpp: a disk that is sent in a wrapper is the same
// disk, the wrapped file comes back as it was sent, and names that promise
// something else are refused.
#include <boost/test/unit_test.hpp>

#include "image/stores.h"
#include "laws/byte_source.h"
#include "laws/format.h"
#include "platter/block/sources.h"
#include "platter/ingest/ingest.h"
#include "support/errors.h"
#include "support/file_limit.h"
#include "support/qcow2_file.h"
#include "support/sparse.h"
#include "support/wrapped_files.h"

namespace platter::ingest {
namespace {

using archive::Wrapper;
using format::Format;
using test::has_code;
using test::packed;
using test::says;

struct Fixture : test::StoreInFolder {
  Upload upload(Bytes file, const std::string& name) const {
    Upload upload;
    upload.file = block::memory_source(std::move(file));
    upload.file_name = name;
    upload.identity = test::some_identity();
    upload.scratch = scratch.path();
    return upload;
  }
  Ingested send(const Upload& upload) {
    return ingest(*store, workers, upload);
  }
  Ingested send(Bytes file, const std::string& name) {
    return send(upload(std::move(file), name));
  }

  // The disk `guest` in `format`, as a file.
  Bytes disk_file(Format format) const {
    return block::read_all(
        *make_view(format, std::make_shared<test::SparseMemory>(guest),
                   test::some_identity()));
  }
  Bytes ova(Format format, const std::string& name) const {
    test::TarFolder folder;
    folder.add("vm.ovf", test::ovf_of({{name}})).add(name, disk_file(format));
    return folder.tar();
  }

  // `file` holds the guest, in `format`, and comes back.
  Ingested check(const Bytes& file, const std::string& name, Format format,
                 const std::string& wrapper, const std::string& container) {
    const Ingested image = send(file, name);
    BOOST_CHECK(image.format == format);
    BOOST_TEST(image.wrapper == wrapper);
    BOOST_TEST(image.container == container);
    const auto disk = image::open_disk(*store, *image.guest);
    BOOST_CHECK(test::same_bytes(block::read_all(*disk), guest));
    test::check_byte_source(*image::open_original(*store, image.original, disk),
                            file);
    for (const Format one : format::kFormats) {
      const auto view = make_view(one, disk, test::some_identity());
      BOOST_TEST(image.view_sizes.at(std::string(name_of(one))) ==
                 view->size());
    }
    BOOST_CHECK(std::filesystem::is_empty(scratch.path()));
    return image;
  }

  // Bytes that the packs grow by when it is sent.
  std::uint64_t cost(const Bytes& file, const std::string& name) {
    const std::uint64_t before = store->stats().stored_bytes;
    send(file, name);
    return store->stats().stored_bytes - before;
  }

  Bytes guest = test::random_disk(kMiB, 1);
  Workers workers{2};
  test::TemporaryFolder scratch;
};

BOOST_FIXTURE_TEST_SUITE(ingest_unwrap, Fixture)

BOOST_AUTO_TEST_CASE(every_format_in_every_compression) {
  for (const Wrapper wrapper : test::kCompressed) {
    const std::string ending(name_of(wrapper));
    for (const Format format : format::kFormats) {
      const Bytes file = packed(wrapper, disk_file(format));
      const std::string name = "disk." + std::string(name_of(format)) + ".";
      const Ingested image =
          check(file, name + ending, format, ending, "compressed");
      BOOST_CHECK(image.original.runs == image::TreeRoot{});
    }
  }
}

BOOST_AUTO_TEST_CASE(names_may_say_nothing) {
  const Bytes file = packed(Wrapper::xz, disk_file(Format::qcow2));
  for (const char* name :
       {"x", "x.img", "disk.bin", "x.xz", "x.img.xz", "X.QCOW2.XZ", ""}) {
    check(file, name, Format::qcow2, "xz", "compressed");
  }
}

BOOST_AUTO_TEST_CASE(machines_of_every_format) {
  for (const Format format :
       {Format::raw, Format::qcow2, Format::vmdk, Format::vhd}) {
    const std::string name = "disk." + std::string(name_of(format));
    check(ova(format, name), "machine.ova", format, "ova", "ova");
  }
  // oVirt names disks by their ids.
  check(ova(Format::qcow2, "3f1c0a52"), "m.img", Format::qcow2, "ova", "ova");
}

// A disk that lies in an archive as it is is stored once.
BOOST_AUTO_TEST_CASE(the_disk_of_a_machine_is_stored_once) {
  guest = test::random_bytes(2 * kMiB, 2);
  BOOST_TEST(cost(disk_file(Format::raw), "disk.raw") > 2 * kMiB);
  BOOST_TEST(cost(ova(Format::raw, "disk.raw"), "a.ova") < 64 * kKiB);
  BOOST_TEST(cost(ova(Format::qcow2, "disk.qcow2"), "b.ova") < 64 * kKiB);
}

// Packed bytes are not packed again, and the guest is found again.
BOOST_AUTO_TEST_CASE(a_compressed_file_costs_its_bytes) {
  guest = test::random_bytes(2 * kMiB, 3);
  const Bytes raw = disk_file(Format::raw);
  send(raw, "disk.raw");
  for (const Wrapper wrapper : test::kCompressed) {
    const Bytes file = packed(wrapper, raw);
    const std::string name = "disk.raw." + std::string(name_of(wrapper));
    BOOST_TEST(cost(file, name) < file.size() + file.size() / 100);
    BOOST_TEST(cost(file, name) == 0);
  }
}

BOOST_AUTO_TEST_CASE(names_that_promise_another_wrapper) {
  const Bytes raw = disk_file(Format::raw);
  const Bytes gz = packed(Wrapper::gz, raw);
  const std::pair<std::string, std::string> wrong[] = {
      {"x.raw.xz", "\"x.raw.xz\" holds a gz file; name it .gz"},
      {"x.ova", "\"x.ova\" holds a gz file; name it .gz"},
      {"x.qcow2", "name it x.qcow2.gz, or, to keep these bytes"},
      {"x.raw", "name it x.raw.gz"}};
  for (const auto& [name, words] : wrong) {
    BOOST_CHECK_EXCEPTION(send(gz, name), Error, says(Errc::invalid, words));
  }
  for (const char* name : {"x.raw.gz", "x.ova", "x.zst"}) {
    BOOST_CHECK_EXCEPTION(send(raw, name), Error,
                          says(Errc::invalid, "holds a plain disk; name it"));
  }
}

BOOST_AUTO_TEST_CASE(names_that_promise_another_disk) {
  const Bytes raw = packed(Wrapper::gz, disk_file(Format::raw));
  const Bytes qcow2 = packed(Wrapper::gz, disk_file(Format::qcow2));
  BOOST_CHECK_EXCEPTION(send(raw, "x.qcow2.gz"), Error,
                        says(Errc::invalid, "\"x.qcow2\" holds a raw disk"));
  BOOST_CHECK_EXCEPTION(send(qcow2, "x.raw.gz"), Error,
                        says(Errc::invalid, "\"x.raw\" holds a qcow2 disk"));
  BOOST_CHECK_EXCEPTION(send(ova(Format::qcow2, "disk.vmdk"), "x.ova"), Error,
                        says(Errc::invalid, "\"disk.vmdk\" holds a qcow2"));
}

BOOST_AUTO_TEST_CASE(any_bytes_are_a_raw_disk_to_who_says_so) {
  const Bytes gz = packed(Wrapper::gz, disk_file(Format::raw));
  for (const char* container : {"", "bare"}) {
    Upload sent = upload(gz, "x.img");
    sent.declared = Format::raw;
    sent.container = container;
    const Ingested image = send(sent);
    BOOST_CHECK(image.format == Format::raw);
    BOOST_TEST(image.wrapper == "");
    BOOST_TEST(image.container == "bare");
    BOOST_TEST(image.original.size == gz.size());
    BOOST_TEST(image.guest->size == round_up(gz.size(), kSectorSize));
  }
}

// raw may be what the wrapper holds, if the name or the container says so.
BOOST_AUTO_TEST_CASE(a_raw_disk_may_be_declared_within_a_wrapper) {
  const Bytes gz = packed(Wrapper::gz, disk_file(Format::raw));
  Upload sent = upload(gz, "x.raw.gz");
  sent.declared = Format::raw;
  BOOST_TEST(send(sent).wrapper == "gz");
  sent.file_name = "x.img";
  sent.container = "compressed";
  BOOST_TEST(send(sent).wrapper == "gz");
  BOOST_TEST(send(sent).guest->size == guest.size());
}

BOOST_AUTO_TEST_CASE(declared_formats_and_containers) {
  const Bytes gz = packed(Wrapper::gz, disk_file(Format::qcow2));
  Upload sent = upload(gz, "x.img");
  sent.declared = Format::qcow2;
  sent.container = "compressed";
  BOOST_CHECK(send(sent).format == Format::qcow2);
  sent.container = "ova";
  BOOST_CHECK_EXCEPTION(send(sent), Error,
                        says(Errc::invalid,
                             "container_format was set to ova; set it to "
                             "compressed"));
  sent.container = "bare";
  BOOST_CHECK_EXCEPTION(send(sent), Error, has_code(Errc::invalid));
  sent.container = "";
  sent.declared = Format::vmdk;
  BOOST_CHECK_EXCEPTION(send(sent), Error,
                        says(Errc::invalid, "disk_format was set to vmdk"));
  Upload plain = upload(disk_file(Format::qcow2), "x.img");
  plain.container = "compressed";
  BOOST_CHECK_EXCEPTION(send(plain), Error,
                        says(Errc::invalid, "holds a plain disk"));
}

// A fixed VHD whose guest begins like a gzip file.
BOOST_AUTO_TEST_CASE(two_things_at_once_are_refused) {
  const Bytes gz = packed(Wrapper::gz, disk_file(Format::raw));
  std::ranges::copy(gz, guest.begin());
  Bytes vhd = guest;
  const Bytes footer = disk_file(Format::vhd);
  vhd.insert(vhd.end(), footer.end() - 512, footer.end());
  BOOST_CHECK_EXCEPTION(
      send(vhd, "x.img"), Error,
      says(Errc::invalid, "is a gz file and a vhd disk at once"));
}

BOOST_AUTO_TEST_CASE(what_is_in_it_is_checked_like_any_disk) {
  Bytes cut = disk_file(Format::qcow2);
  cut.resize(cut.size() / 2);
  BOOST_CHECK_EXCEPTION(send(packed(Wrapper::xz, cut), "x.qcow2.xz"), Error,
                        has_code(Errc::corrupt));
  const Bytes twice =
      packed(Wrapper::xz, packed(Wrapper::gz, disk_file(Format::raw)));
  BOOST_CHECK_EXCEPTION(send(twice, "x.raw.xz"), Error,
                        says(Errc::unsupported, "holds a gz file"));
}

BOOST_AUTO_TEST_CASE(an_encrypted_disk_is_kept_in_its_wrapper) {
  test::Qcow2File locked;
  locked.set32(32, 1);
  const Bytes file = packed(Wrapper::xz, locked.bytes());
  const Ingested image = send(file, "x.qcow2.xz");
  BOOST_CHECK(!image.guest);
  BOOST_TEST(image.wrapper == "xz");
  BOOST_TEST(image.note.find("encrypted with AES") != std::string::npos);
  BOOST_TEST(image.view_sizes.empty());
  test::check_byte_source(
      *image::open_original(*store, image.original, nullptr), file);
}

// Where only the disk is kept nothing is left of its wrapper.
BOOST_AUTO_TEST_CASE(a_disk_may_be_kept_without_its_wrapper) {
  guest = test::random_bytes(kMiB, 4);
  Upload sent = upload(packed(Wrapper::gz, disk_file(Format::raw)), "x.raw.gz");
  sent.keep = Keep::rebuild;
  const Ingested image = send(sent);
  BOOST_TEST(image.rebuilt);
  BOOST_TEST(image.wrapper == "");
  BOOST_TEST(image.container == "bare");
  const auto disk = image::open_disk(*store, *image.guest);
  test::check_byte_source(*image::open_original(*store, image.original, disk),
                          guest);
}

BOOST_AUTO_TEST_CASE(limits_hold) {
  const Bytes file = packed(Wrapper::zst, disk_file(Format::raw));
  Upload sent = upload(file, "x.raw.zst");
  sent.limits.size = 512 * kKiB;
  BOOST_CHECK_EXCEPTION(send(sent), Error, has_code(Errc::too_large));
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_nothing) {
  const Bytes file = packed(Wrapper::gz, disk_file(Format::raw));
  {
    const test::FileLimit full(64 * kKiB);
    BOOST_CHECK_EXCEPTION(send(file, "x.raw.gz"), Error, has_code(Errc::io));
  }
  BOOST_CHECK(std::filesystem::is_empty(scratch.path()));
  check(file, "x.raw.gz", Format::raw, "gz", "compressed");
}

BOOST_AUTO_TEST_CASE(an_upload_is_opened_without_being_stored) {
  const std::uint64_t before = store->stats().stored_bytes;
  for (const Bytes& file :
       {disk_file(Format::raw), packed(Wrapper::bz2, disk_file(Format::vdi)),
        ova(Format::vmdk, "disk.vmdk")}) {
    const auto disk = open_upload(upload(file, ""));
    BOOST_CHECK(block::same_content(*disk, *block::memory_source(guest)));
  }
  BOOST_TEST(store->stats().stored_bytes == before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::ingest
