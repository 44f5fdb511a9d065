// tests/ingest/inspect_test.cpp: what is found out of a file without storing
// it, and that an upload is told the same.
#include "platter/ingest/inspect.h"

#include <boost/test/unit_test.hpp>

#include "format/fuzz_corpus.h"
#include "fuzz/probe_target.h"
#include "image/stores.h"
#include "laws/format.h"
#include "support/disk_files.h"
#include "support/iso_file.h"
#include "support/qcow2_file.h"
#include "support/sparse.h"
#include "support/vdi_file.h"
#include "support/vhd_file.h"
#include "support/vhdx_file.h"
#include "support/vmdk_file.h"
#include "support/wrapped_files.h"

namespace platter::ingest {
namespace {

using format::Format;
using namespace std::string_literals;
using Words = std::vector<std::string>;

Upload upload_of(block::SourcePtr file, const std::string& name = "x.img") {
  Upload upload;
  upload.file = std::move(file);
  upload.file_name = name;
  upload.identity = test::some_identity();
  upload.scratch = "/tmp";
  return upload;
}

Inspection inspected(block::SourcePtr file, const std::string& name = "x.img") {
  return inspect(upload_of(std::move(file), name));
}

void check_features(const Inspection& found, const Words& features) {
  BOOST_TEST(found.description.features == features,
             boost::test_tools::per_element());
}

void check_taken(const Inspection& found, const std::string& format,
                 const std::string& variant, const Words& features) {
  BOOST_REQUIRE_EQUAL(found.refusal ? found.refusal->what() : "", "");
  BOOST_TEST(found.format == format);
  BOOST_TEST(found.description.variant == variant);
  check_features(found, features);
}

// Refused, and an upload is told the same.
Error check_refused(const block::SourcePtr& file, Errc code,
                    const std::string& name = "x.img") {
  const Inspection found = inspected(file, name);
  BOOST_REQUIRE(found.refusal);
  BOOST_CHECK(!found.allocated);
  BOOST_CHECK_EQUAL(name_of(found.refusal->code()), name_of(code));
  test::StoreInFolder stores;
  Workers workers{1};
  BOOST_CHECK_EXCEPTION(ingest(*stores.store, workers, upload_of(file, name)),
                        Error, [&](const Error& said) {
                          return said.code() == code &&
                                 std::string(said.what()) ==
                                     found.refusal->what();
                        });
  return *found.refusal;
}

BOOST_AUTO_TEST_SUITE(ingest_inspect)

BOOST_AUTO_TEST_CASE(sizes) {
  const Bytes disk = test::random_disk(900 * kKiB + 512, 1);
  const auto sparse = std::make_shared<test::SparseMemory>(disk);
  std::uint64_t data = 0;
  block::for_each_extent(*sparse, 0, disk.size(), [&](const auto& extent) {
    if (extent.kind == block::ExtentKind::data) data += extent.length;
  });
  for (const Format format : format::kFormats) {
    const auto file = make_view(format, sparse, test::some_identity());
    const Inspection found = inspected(file);
    BOOST_TEST_CONTEXT(name_of(format)) {
      BOOST_CHECK(!found.refusal);
      BOOST_TEST(found.format == name_of(format));
      BOOST_TEST(found.file_size == file->size());
      BOOST_TEST(*found.description.virtual_size == disk.size());
      BOOST_TEST(*found.allocated >= data);
      BOOST_TEST(*found.allocated <= disk.size());
      BOOST_TEST(found.description.compression == "");
      BOOST_TEST(found.description.encryption == "");
      BOOST_TEST(found.wrapper == "");
    }
  }
  BOOST_TEST(*inspected(sparse).allocated == data);
}

BOOST_AUTO_TEST_CASE(kinds_of_qcow2) {
  test::Qcow2File file;
  check_taken(inspected(file.source()), "qcow2", "version 3",
              {"clusters of 512 bytes"});
  file.set64(72, 1);  // dirty
  file.set64(80, 1);  // lazy refcounts
  file.set64(88, 1);  // bitmaps
  file.set32(60, 2);  // snapshots
  file.set32(96, 6);  // refcounts
  check_taken(inspected(file.source()), "qcow2", "version 3",
              {"clusters of 512 bytes", "refcounts of 64 bits",
               "2 internal snapshots", "bitmaps", "lazy refcounts", "dirty"});
  file = test::Qcow2File();
  file.set32(4, 2);
  check_taken(inspected(file.source()), "qcow2", "version 2",
              {"clusters of 512 bytes"});
}

BOOST_AUTO_TEST_CASE(compressed_qcow2) {
  for (const auto* name : {"zlib", "zstd"}) {
    const auto bytes = read_whole(Path(kFuzzCorpus) / "qcow2" / name, kMiB);
    BOOST_REQUIRE(bytes);
    const Inspection found = inspected(block::memory_source(*bytes));
    BOOST_CHECK(!found.refusal);
    BOOST_TEST(found.description.compression == name);
  }
}

BOOST_AUTO_TEST_CASE(kinds_of_vmdk) {
  using test::VmdkFile;
  check_taken(inspected(VmdkFile().source()), "vmdk",
              "monolithicSparse, version 1", {"grains of 4 KiB"});
  const Inspection stream = inspected(VmdkFile::stream(true).source());
  check_taken(stream, "vmdk", "monolithicSparse, version 3",
              {"grains of 4 KiB", "footer"});
  BOOST_TEST(stream.description.compression == "deflate");
  VmdkFile zeroed;
  zeroed.set32(8, 5);
  check_taken(inspected(zeroed.source()), "vmdk", "monolithicSparse, version 1",
              {"grains of 4 KiB", "zeroed grains"});
}

BOOST_AUTO_TEST_CASE(kinds_of_the_others) {
  test::VhdFile vhd;
  check_taken(inspected(vhd.share()), "vhd", "dynamic",
              {"creator win", "blocks of 64 KiB"});
  test::VdiFile vdi;
  check_taken(inspected(vdi.source()), "vdi", "dynamic", {"blocks of 4 KiB"});
  vdi.set32(0x4c, 2);
  check_taken(inspected(vdi.source()), "vdi", "static", {"blocks of 4 KiB"});
  check_taken(inspected(test::VhdxFile().share()), "vhdx", "dynamic",
              {"blocks of 1 MiB"});
  test::IsoFile iso;
  check_taken(inspected(iso.share()), "iso", "ISO 9660", {});
  iso.write(512, as_bytes("EFI PART"));
  check_taken(inspected(iso.share()), "iso", "ISO 9660", {"hybrid, with GPT"});
  iso.descriptor(test::IsoFile::kDescriptor, 0, "NSR02");
  check_taken(inspected(iso.share()), "iso", "UDF", {"hybrid, with GPT"});
}

BOOST_AUTO_TEST_CASE(kinds_of_raw) {
  Bytes disk = test::random_bytes(8 * kKiB, 1);
  check_taken(inspected(block::memory_source(disk)), "raw", "", {});
  std::ranges::copy(as_bytes("EFI PART"), disk.begin() + 4'096);
  check_taken(inspected(block::memory_source(disk)), "raw", "GPT", {});
  disk = Bytes(2 * kKiB);
  disk[450] = std::byte{0x83};
  store_le(MutableBytes(disk), 510, std::uint16_t{0xaa55});
  check_taken(inspected(block::memory_source(disk)), "raw", "MBR", {});
  disk[446] = std::byte{1};
  check_taken(inspected(block::memory_source(disk)), "raw", "", {});
  disk = test::random_bytes(1'000, 1);
  std::ranges::copy(as_bytes("LUKS\xba\xbe"), disk.begin());
  const Inspection locked = inspected(block::memory_source(disk));
  check_taken(locked, "raw", "", {});
  BOOST_TEST(locked.description.encryption == "LUKS");
  BOOST_TEST(*locked.description.virtual_size == 1'024);
  BOOST_TEST(*locked.allocated == 1'000);
}

BOOST_AUTO_TEST_CASE(an_encrypted_disk_is_taken_but_not_read) {
  test::Qcow2File locked;
  locked.set32(32, 1);
  const Inspection found = inspected(locked.source());
  check_taken(found, "qcow2", "version 3", {"clusters of 512 bytes"});
  BOOST_TEST(found.description.encryption == "AES");
  BOOST_TEST(*found.description.virtual_size == 4'096);
  BOOST_CHECK(!found.allocated);
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_described_as_far_as_it_goes) {
  test::Qcow2File overlay;
  overlay.set64(8, 200);
  check_refused(overlay.source(), Errc::invalid);
  Inspection found = inspected(overlay.source());
  BOOST_TEST(found.description.variant == "version 3");
  BOOST_TEST(*found.description.virtual_size == 4'096);
  check_features(found, {"clusters of 512 bytes", "backing file"});
  BOOST_TEST(found.description.compression == "");

  test::VhdFile child;
  child.set_footers(60, std::uint32_t{4});
  child.seal();
  check_refused(child.share(), Errc::invalid);
  BOOST_TEST(inspected(child.share()).description.variant == "differencing");

  test::VdiFile undo;
  undo.set32(0x4c, 3);
  check_refused(undo.source(), Errc::invalid);
  BOOST_TEST(inspected(undo.source()).description.variant == "undo");

  test::VmdkFile flat;
  flat.describe("# Disk DescriptorFile\ncreateType=\"monolithicFlat\"\n");
  check_refused(flat.source(), Errc::invalid);
  BOOST_TEST(inspected(flat.source()).description.variant ==
             "monolithicFlat, version 1");
}

BOOST_AUTO_TEST_CASE(formats_that_are_not_read_and_two_at_once) {
  using namespace std::string_view_literals;
  Bytes file = test::random_bytes(2'048, 1);
  std::ranges::copy(as_bytes("QED\0"sv), file.begin());
  check_refused(block::memory_source(file), Errc::unsupported);
  BOOST_TEST(inspected(block::memory_source(file)).format == "QED");
  test::IsoFile both;
  both.write(0, as_bytes("KDMV"));
  check_refused(both.share(), Errc::invalid);
  const Inspection found = inspected(both.share());
  BOOST_TEST(found.format == "vmdk, iso");
  BOOST_TEST(found.description.variant == "");
}

BOOST_AUTO_TEST_CASE(a_name_that_contradicts_the_content) {
  const auto file = test::Qcow2File().source();
  const Error refusal = check_refused(file, Errc::invalid, "disk.raw");
  BOOST_TEST(std::string(refusal.what())
                 .starts_with("\"disk.raw\" holds a qcow2 disk"));
  BOOST_TEST(*inspected(file, "disk.raw").description.virtual_size == 4'096);
}

BOOST_AUTO_TEST_CASE(empty_and_too_large_files) {
  BOOST_TEST(inspected(block::zero_source(0)).refusal->what() ==
             "the file is empty: there is no disk in it"s);
  Upload upload = upload_of(block::zero_source(2 * kMiB));
  upload.limits.size = kMiB;
  const Inspection found = inspect(upload);
  BOOST_CHECK(found.refusal->code() == Errc::too_large);
}

BOOST_AUTO_TEST_CASE(disks_in_wrappers) {
  const Bytes disk = test::Qcow2File().bytes();
  for (const auto wrapper : {archive::Wrapper::gz, archive::Wrapper::xz}) {
    const std::string ending(name_of(wrapper));
    const Bytes file = test::packed(wrapper, disk);
    const Inspection found =
        inspected(block::memory_source(file), "x.qcow2." + ending);
    check_taken(found, "qcow2", "version 3", {"clusters of 512 bytes"});
    BOOST_TEST(found.wrapper == ending);
    BOOST_TEST(found.file_size == file.size());
    check_refused(block::memory_source(file), Errc::invalid, "x.qcow2");
  }
}

BOOST_AUTO_TEST_CASE(an_unreadable_file_is_no_refusal) {
  class Gone final : public block::ByteSource {
    std::uint64_t size() const noexcept override { return kMiB; }
    void read(std::uint64_t, MutableBytes) const override {
      throw Error(Errc::io, "gone");
    }
    block::Extent extent_at(std::uint64_t offset) const override {
      return {offset, kMiB - offset, block::ExtentKind::data};
    }
  };
  BOOST_CHECK_THROW(inspected(std::make_shared<Gone>()), Error);
}

BOOST_AUTO_TEST_CASE(the_fuzzers_corpus) {
  int files = 0;
  for (const auto* name : {"probe", "qcow2", "vmdk", "vdi", "archive"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(Path(kFuzzCorpus) / name)) {
      const auto bytes = read_whole(entry.path(), kMiB);
      BOOST_REQUIRE(bytes);
      BOOST_TEST_CONTEXT(entry.path()) {
        BOOST_CHECK_NO_THROW(test::check_probe_bytes(*bytes, "/tmp"));
        // Damage that the fuzzer would find first, in every run.
        for (std::size_t at = 0; at < bytes->size(); at += at < 128 ? 1 : 401) {
          Bytes damaged = *bytes;
          damaged[at] ^= std::byte{0x81};
          BOOST_REQUIRE_NO_THROW(test::check_probe_bytes(damaged, "/tmp"));
        }
      }
      ++files;
    }
  }
  BOOST_CHECK_GE(files, 30);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::ingest
