// tests/service/refusals_test.cpp: what is refused is refused the whole way:
// whoever closes the file is told why, the image says the same and has no disk,
// nothing else changes, and a good file may follow.
#include "refused_files.h"
#include "service.h"
#include "support/errors.h"
#include "support/qcow2_file.h"
#include "support/vmdk_file.h"
#include "support/vmdk_set.h"

namespace platter::service {
namespace {

using test::RefusedFile;
using test::RefusedFiles;
using test::Status;

struct Fixture : test::TestService {
  Fixture() : TestService(options()) {
    neighbour = uploaded("neighbour", disk);
    before = record(neighbour);
  }
  static Options options() {
    Options options;
    options.max_image_size = 64 * kMiB;
    return options;
  }

  image::Number begun(const RefusedFile& file) {
    const auto number = create(file.title);
    images().set_file_name(admin(), number, file.name);
    if (!file.disk_format.empty()) {
      set(number, "disk_format", file.disk_format);
    }
    return number;
  }

  void check_sentence(image::Number number, const RefusedFile& file,
                      const Error& problem) {
    BOOST_TEST_CONTEXT(problem.what()) {
      BOOST_TEST(name_of(problem.code()) == name_of(file.code));
      BOOST_TEST(std::string(problem.what()).find(file.words) !=
                 std::string::npos);
    }
    const auto record = this->record(number);
    BOOST_TEST(record->status_reason == problem.what());
    // What was cut off, or damaged on its way, may be completed.
    check_status(number, file.code == Errc::corrupt ? Status::interrupted
                                                    : Status::error);
    BOOST_CHECK(!record->guest && !record->original);
    BOOST_TEST(record->view_sizes.empty());
    BOOST_CHECK_EXCEPTION(
        images().open_view(member(), number, format::View::raw), Error,
        test::has_code(Errc::not_found));
  }

  void check_refused(const RefusedFile& file) {
    const std::uint64_t stored = store().stats().stored_bytes;
    const auto number = begun(file);
    BOOST_CHECK_EXCEPTION(upload(number, file.bytes), Error,
                          [&](const Error& problem) {
                            check_sentence(number, file, problem);
                            return true;
                          });
    if (!file.late) BOOST_TEST(store().stats().stored_bytes == stored);
    BOOST_CHECK(*record(neighbour) == *before);

    images().set_file_name(admin(), number, "good.raw");
    if (!file.disk_format.empty()) set(number, "disk_format", "raw");
    upload(number, other);
    check_active(number, other);
    BOOST_TEST(record(number)->status_reason == "");
  }

  void check_all(const RefusedFiles& files) {
    for (const RefusedFile& file : files) {
      BOOST_TEST_CONTEXT(file.title) { check_refused(file); }
    }
    BOOST_TEST(std::filesystem::is_empty(staging()));
    check_active(neighbour, disk);
  }

  // Only the file as it was sent is there, and it comes back.
  void check_locked(const std::string& name, const Bytes& file,
                    const std::string& method) {
    const auto number = create(method);
    images().set_file_name(admin(), number, name);
    upload(number, file);
    check_active(number, file);
    BOOST_CHECK(!record(number)->guest);
    BOOST_TEST(record(number)->status_reason.find(method) != std::string::npos);
    BOOST_CHECK_EXCEPTION(
        images().open_view(member(), number, format::View::raw), Error,
        test::has_code(Errc::not_found));
  }

  Bytes disk = test::random_disk(200 * kKiB, 1);
  Bytes other = test::random_disk(100 * kKiB, 2);
  image::Number neighbour = 0;
  image::RecordPtr before;
};

BOOST_FIXTURE_TEST_SUITE(service_refusals, Fixture)

BOOST_AUTO_TEST_CASE(disks_that_need_other_files) {
  check_all(test::files_that_need_others());
}

BOOST_AUTO_TEST_CASE(broken_qcow2) { check_all(test::broken_qcow2_files()); }
BOOST_AUTO_TEST_CASE(broken_vmdk) { check_all(test::broken_vmdk_files()); }
BOOST_AUTO_TEST_CASE(broken_vhd) { check_all(test::broken_vhd_files()); }
BOOST_AUTO_TEST_CASE(broken_vhdx) { check_all(test::broken_vhdx_files()); }
BOOST_AUTO_TEST_CASE(broken_vdi) { check_all(test::broken_vdi_files()); }

BOOST_AUTO_TEST_CASE(broken_raw_and_iso) {
  check_all(test::broken_raw_and_iso_files());
}

BOOST_AUTO_TEST_CASE(formats_that_are_not_taken) {
  check_all(test::foreign_files());
}

BOOST_AUTO_TEST_CASE(contradictions) { check_all(test::contradictory_files()); }

BOOST_AUTO_TEST_CASE(wrappers) { check_all(test::broken_wrappers()); }

BOOST_AUTO_TEST_CASE(encrypted_disks_are_kept_as_they_are) {
  test::Qcow2File aes;
  aes.set32(32, 1);
  check_locked("aes.qcow2", aes.bytes(), "AES");
  test::VmdkFile keys;
  keys.describe(
      "# Disk DescriptorFile\nencryptionKeys=\"vmware:key/list/x\"\n"
      "RW 64 SPARSE \"d.vmdk\"\n");
  check_locked("keys.vmdk", keys.bytes(), "VMware's keys");
}

// The descriptor of a set is refused when it is closed, before its parts come.
BOOST_AUTO_TEST_CASE(descriptors_that_name_paths) {
  for (const auto& [name, words] :
       {std::pair("/etc/passwd", "a path to another file"),
        std::pair("../d-flat.vmdk", "a path to another file"),
        std::pair("a/b.vmdk", "a path to another file"),
        std::pair("c:\\d.vmdk", "a path to another file"),
        std::pair("..", "a path to another file"),
        std::pair(".hidden.vmdk", "no file beside it")}) {
    const std::string extent = "RW 64 FLAT \"" + std::string(name) + "\" 0\n";
    const auto text = test::set_descriptor("monolithicFlat", extent);
    const RefusedFile file{"set", "d.vmdk", to_bytes(text), Errc::invalid,
                           words};
    BOOST_TEST_CONTEXT(name) { check_refused(file); }
    images().remove(admin(), named("set")->number);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
