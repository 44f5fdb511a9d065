// tests/service/scratch_test.cpp: files that are no image's yet, and those
// that only repeat what an image has.
#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using test::has_code;
using test::says;
using test::Status;

struct Fixture : test::TestService {
  // A scratch file that holds `file` and has no writer.
  DraftPtr closed_scratch(ByteView file) {
    const auto scratch = uploads().open_scratch("default");
    write(scratch, file);
    flush_and_close(scratch);
    return scratch;
  }
  // Sends `file` as a second disk file of the image.
  void send_twin(image::Number number, ByteView file, bool killed = false) {
    const auto twin = uploads().open_twin(number);
    write(twin, file);
    flush_and_close(twin, killed);
  }

  Bytes disk = test::random_disk(900 * kKiB, 1);
};

BOOST_FIXTURE_TEST_SUITE(service_scratch, Fixture)

BOOST_AUTO_TEST_CASE(a_scratch_file_is_kept_and_is_no_image) {
  const auto scratch = closed_scratch(disk);
  BOOST_TEST(scratch->size() == disk.size());
  BOOST_CHECK(!record(scratch->number()));
  BOOST_CHECK(uploads().find(scratch->number()) == scratch);
  uploads().abort(scratch->number());
  BOOST_CHECK(!uploads().find(scratch->number()));
  BOOST_TEST(std::filesystem::is_empty(staging()));
}

BOOST_AUTO_TEST_CASE(a_finished_scratch_file_becomes_an_image_at_once) {
  const auto scratch = closed_scratch(disk);
  const auto number = create("x");
  uploads().adopt(scratch, number);
  check_active(number, disk);
  BOOST_CHECK(!uploads().find(number));
  BOOST_TEST(std::filesystem::is_empty(staging()));
}

BOOST_AUTO_TEST_CASE(an_open_scratch_file_becomes_an_image_when_it_is_closed) {
  const auto scratch = uploads().open_scratch("default");
  write(scratch, ByteView(disk).first(400 * kKiB));
  const auto number = create("x");
  uploads().adopt(scratch, number);
  check_status(number, Status::saving);
  BOOST_TEST(scratch->number() == number);
  uploads().write(*scratch, 400 * kKiB, ByteView(disk).subspan(400 * kKiB));
  flush_and_close(scratch);
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(an_empty_scratch_file_leaves_the_image_queued) {
  const auto number = create("x");
  uploads().adopt(closed_scratch({}), number);
  check_status(number, Status::queued);
  upload(number, disk);
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(a_scratch_file_that_is_no_disk_is_refused) {
  Bytes cut = test::qcow2_file(disk);
  cut.resize(100 * kKiB);
  const auto scratch = closed_scratch(cut);
  const auto number = create("x");
  BOOST_CHECK_EXCEPTION(uploads().adopt(scratch, number), Error,
                        has_code(Errc::corrupt));
  check_status(number, Status::interrupted);
  upload(number, disk);
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(an_image_that_is_being_written_adopts_nothing) {
  const auto number = create("x");
  const auto draft = uploads().open(number, false);
  write(draft, disk);
  BOOST_CHECK_EXCEPTION(uploads().adopt(closed_scratch(disk), number), Error,
                        has_code(Errc::busy));
  flush_and_close(draft);
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(the_same_disk_in_any_format_is_a_twin) {
  const auto number = uploaded("x", disk);
  const auto before = record(number);
  send_twin(number, disk);
  send_twin(number, test::qcow2_file(disk));
  send_twin(number, {});
  BOOST_CHECK(*record(number) == *before);
  BOOST_TEST(std::filesystem::is_empty(staging()));
}

BOOST_AUTO_TEST_CASE(another_disk_is_no_twin) {
  const auto number = uploaded("x", disk);
  const auto before = record(number);
  Bytes other = disk;
  other[500'000] ^= std::byte{1};
  BOOST_CHECK_EXCEPTION(send_twin(number, test::qcow2_file(other)), Error,
                        says(Errc::corrupt, "another disk"));
  Bytes longer = disk;
  longer.resize(disk.size() + kMiB, std::byte{1});
  BOOST_CHECK_EXCEPTION(send_twin(number, longer), Error,
                        has_code(Errc::corrupt));
  // Nobody is there to be told.
  send_twin(number, other, true);
  BOOST_CHECK(*record(number) == *before);
  check_active(number, disk);
  BOOST_TEST(std::filesystem::is_empty(staging()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
