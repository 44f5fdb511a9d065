// tests/service/wrapped_test.cpp: the life of an upload that comes in a
// wrapper.
#include <thread>

#include "platter/service/properties.h"
#include "service.h"
#include "support/errors.h"
#include "support/wrapped_files.h"

namespace platter::service {
namespace {

using archive::Wrapper;
using test::has_code;
using test::packed;
using test::says;
using test::Status;

struct Fixture : test::TestService {
  Fixture() : TestService(options()) {}
  static Options options() {
    Options options;
    options.max_image_size = 8 * kMiB;
    return options;
  }

  // Sent under a name, as a tool does it.
  image::Number sent(const std::string& name, const std::string& file_name,
                     ByteView file) {
    const auto number = create(name);
    images().set_file_name(admin(), number, file_name);
    upload(number, file);
    return number;
  }

  Bytes disk = test::random_disk(900 * kKiB, 1);
  Bytes xz = packed(Wrapper::xz, disk);
};

struct Rebuilding : test::TestService {
  Rebuilding() : TestService(options()) {}
  static Options options() {
    Options options;
    options.keep_original = ingest::Keep::rebuild;
    return options;
  }
};

BOOST_FIXTURE_TEST_SUITE(service_rebuild, Rebuilding)

BOOST_AUTO_TEST_CASE(another_file_says_so_and_has_its_own_hash) {
  Bytes disk = test::random_disk(4 * kMiB, 1, 60);
  for (std::byte& byte : disk) byte &= std::byte{0x0f};
  const Bytes gz = packed(Wrapper::gz, disk);
  const auto number = create("x");
  images().set_file_name(admin(), number, "x.raw.gz");
  set(number, "os_hash_value", to_hex(sha256(gz)));
  upload(number, gz);
  check_active(number, disk);
  BOOST_TEST(record(number)->sealed);
  BOOST_TEST(original_name(*record(number)) == "disk.raw");
  BOOST_TEST(record(number)->status_reason.find(to_hex(sha256(gz))) !=
             std::string::npos);
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (record(number)->os_hash_value.empty() &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  BOOST_TEST(record(number)->os_hash_value == to_hex(sha256(disk)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(service_wrapped, Fixture)

BOOST_AUTO_TEST_CASE(a_wrapped_upload_becomes_active) {
  const auto number = sent("x", "debian.raw.xz", xz);
  check_active(number, xz);
  const auto record = this->record(number);
  BOOST_TEST(record->disk_format == "raw");
  BOOST_TEST(record->container_format == "compressed");
  BOOST_TEST(record->wrapper == "xz");
  BOOST_TEST(original_name(*record) == "disk.raw.xz");
  BOOST_TEST(record->size() == xz.size());
  BOOST_TEST(record->virtual_size() == disk.size());
  BOOST_TEST(record->os_hash_value == to_hex(sha256(xz)));
  BOOST_TEST(std::filesystem::is_empty(staging()));
  const auto raw = images().open_view(admin(), number, format::View::raw);
  test::check_byte_source(*raw, disk);
}

BOOST_AUTO_TEST_CASE(it_outlives_a_restart) {
  const auto number = sent("x", "debian.raw.xz", xz);
  restart();
  check_active(number, xz);
  BOOST_TEST(original_name(*record(number)) == "disk.raw.xz");
}

BOOST_AUTO_TEST_CASE(one_that_was_cut_off_may_be_completed) {
  const auto number = create("x");
  images().set_file_name(admin(), number, "debian.raw.xz");
  const ByteView half = ByteView(xz).first(xz.size() / 2);
  BOOST_CHECK_EXCEPTION(upload(number, half), Error,
                        says(Errc::corrupt, "was cut off"));
  check_status(number, Status::interrupted);
  BOOST_TEST(record(number)->status_reason.find("cut off") !=
             std::string::npos);
  const auto draft = uploads().open(number, false);
  BOOST_TEST(draft->size() == half.size());
  uploads().write(*draft, half.size(), ByteView(xz).subspan(half.size()));
  flush_and_close(draft);
  check_active(number, xz);
}

BOOST_AUTO_TEST_CASE(one_that_was_refused_may_be_sent_again) {
  const auto number = create("x");
  images().set_file_name(admin(), number, "debian.qcow2.xz");
  BOOST_CHECK_EXCEPTION(upload(number, xz), Error, has_code(Errc::invalid));
  check_status(number, Status::error);
  const Bytes right = packed(Wrapper::xz, test::qcow2_file(disk));
  upload(number, right);
  check_active(number, right);
}

// Until it is sealed the owner may send something else in its place.
BOOST_AUTO_TEST_CASE(what_was_found_goes_with_the_data) {
  const auto number = sent("x", "x.img", xz);
  upload(number, disk);
  check_active(number, disk);
  BOOST_TEST(record(number)->wrapper == "");
  BOOST_TEST(record(number)->container_format == "bare");
  BOOST_TEST(original_name(*record(number)) == "disk.raw");
  upload(number, xz);
  BOOST_TEST(record(number)->container_format == "compressed");
}

BOOST_AUTO_TEST_CASE(what_was_declared_stays) {
  const auto number = create("x");
  images().set_file_name(admin(), number, "x.img");
  set(number, "disk_format", "raw");
  set(number, "container_format", "compressed");
  BOOST_CHECK_EXCEPTION(upload(number, disk), Error, has_code(Errc::invalid));
  BOOST_TEST(record(number)->container_format == "compressed");
  upload(number, xz);
  check_active(number, xz);
}

BOOST_AUTO_TEST_CASE(the_largest_disk_is_that_of_any_upload) {
  const Bytes bomb = packed(Wrapper::gz, Bytes(9 * kMiB));
  const auto number = create("x");
  BOOST_CHECK_EXCEPTION(upload(number, bomb), Error,
                        says(Errc::too_large, "max_image_size"));
  check_status(number, Status::error);
}

// What `cp -r` of an image's folder sends after the original.
BOOST_AUTO_TEST_CASE(twins_are_compared_by_their_disks) {
  const auto number = sent("x", "x.raw.xz", xz);
  const auto compare = [&](ByteView file) {
    const auto twin = uploads().open_twin(number);
    write(twin, file);
    flush_and_close(twin);
  };
  BOOST_CHECK_NO_THROW(compare(disk));
  BOOST_CHECK_NO_THROW(compare(test::qcow2_file(disk)));
  BOOST_CHECK_NO_THROW(compare(packed(Wrapper::zst, disk)));
  BOOST_CHECK_EXCEPTION(
      compare(packed(Wrapper::zst, test::random_disk(900 * kKiB, 2))), Error,
      says(Errc::corrupt, "another disk"));
  check_active(number, xz);
}

BOOST_AUTO_TEST_CASE(containers_are_declared_by_glances_words) {
  const auto schema = schema::Schema::load({});
  image::Record record;
  for (const auto* word : {"bare", "compressed", "ova"}) {
    set_property(record, schema, "container_format", word);
    BOOST_TEST(record.container_format == word);
  }
  BOOST_CHECK_EXCEPTION(
      set_property(record, schema, "container_format", "docker"), Error,
      says(Errc::invalid, "one of bare compressed ova; \"docker\""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
