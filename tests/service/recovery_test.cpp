// tests/service/recovery_test.cpp: what a service that stopped without a word
// finds again.
#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using test::has_code;
using test::Status;

struct Fixture : test::TestService {
  // Sends the first `length` bytes of `disk` and stops the service.
  image::Number cut_off(std::uint64_t length) {
    const auto number = create("x");
    {
      const auto draft = uploads().open(number, false);
      write(draft, ByteView(disk).first(length));
    }
    restart();
    return number;
  }

  Bytes disk = test::random_disk(900 * kKiB, 1);
};

BOOST_FIXTURE_TEST_SUITE(service_recovery, Fixture)

BOOST_AUTO_TEST_CASE(whole_images_are_there_and_sealed) {
  const auto raw = uploaded("raw", disk);
  const Bytes file = test::qcow2_file(disk);
  const auto qcow2 = uploaded("qcow2", file);
  const auto id = record(raw)->id;
  stop();
  close_index();
  start();
  check_active(raw, disk);
  check_active(qcow2, file);
  BOOST_CHECK(record(raw)->id == id);
  BOOST_TEST(record(raw)->sealed);
  BOOST_CHECK_EXCEPTION(uploads().open(raw, false), Error,
                        has_code(Errc::read_only));
}

BOOST_AUTO_TEST_CASE(an_unfinished_upload_can_be_resumed) {
  const auto number = cut_off(300 * kKiB);
  check_status(number, Status::interrupted);
  BOOST_TEST(record(number)->status_reason != "");
  BOOST_REQUIRE(uploads().find(number));
  BOOST_TEST(uploads().find(number)->size() == 300 * kKiB);

  const auto draft = uploads().open(number, false);
  uploads().write(*draft, 300 * kKiB, ByteView(disk).subspan(300 * kKiB));
  flush_and_close(draft);
  check_active(number, disk);
  BOOST_TEST(std::filesystem::is_empty(staging()));
}

BOOST_AUTO_TEST_CASE(an_unfinished_upload_can_be_sent_again) {
  const auto number = cut_off(700 * kKiB);
  const Bytes other = test::random_disk(200 * kKiB, 5);
  upload(number, other);
  check_active(number, other);
}

BOOST_AUTO_TEST_CASE(it_stays_interrupted_over_many_restarts) {
  const auto number = cut_off(300 * kKiB);
  restart();
  restart();
  check_status(number, Status::interrupted);
  Bytes there(300 * kKiB);
  BOOST_TEST(uploads().find(number)->read(0, there) == there.size());
  BOOST_TEST(test::same_bytes(there, ByteView(disk).first(there.size())));
}

BOOST_AUTO_TEST_CASE(an_image_that_was_written_again_goes_on_from_both) {
  const auto number = uploaded("x", disk);
  const Bytes piece = test::random_bytes(70'000, 7);
  {
    const auto draft = uploads().open(number, false);
    uploads().write(*draft, 123'456, piece);
  }
  restart();
  check_status(number, Status::interrupted);
  const auto draft = uploads().open(number, false);
  uploads().write(*draft, 500'001, piece);
  flush_and_close(draft);
  Bytes expected = disk;
  std::ranges::copy(piece, expected.begin() + 123'456);
  std::ranges::copy(piece, expected.begin() + 500'001);
  check_active(number, expected);
}

BOOST_AUTO_TEST_CASE(what_was_cut_off_does_not_come_back) {
  const auto number = uploaded("x", disk);
  {
    const auto draft = uploads().open(number, false);
    uploads().resize(*draft, 100'001);
  }
  restart();
  check_status(number, Status::interrupted);
  const auto draft = uploads().open(number, false);
  uploads().resize(*draft, 200'000);
  flush_and_close(draft);
  Bytes expected(disk.begin(), disk.begin() + 100'001);
  expected.resize(200'000);
  check_active(number, expected);
}

BOOST_AUTO_TEST_CASE(refused_uploads_keep_their_reason) {
  const auto number = create("x");
  images().set_file_name(admin(), number, "x.qcow2");
  BOOST_CHECK_THROW(upload(number, disk), Error);
  const auto before = record(number);
  restart();
  BOOST_CHECK(*record(number) == *before);
  BOOST_TEST(uploads().find(number)->size() == disk.size());
}

BOOST_AUTO_TEST_CASE(staging_that_no_image_names_is_removed) {
  const auto queued = create("queued");
  {
    write(uploads().open_scratch("default"), disk);
    write(uploads().open_twin(uploaded("x", disk)), disk);
    uploads().open(queued, false);
  }
  BOOST_TEST(!std::filesystem::is_empty(staging()));
  write_whole(staging() / "notes", to_bytes("?"));
  restart();
  BOOST_TEST(std::filesystem::is_empty(staging()));
  check_status(queued, Status::queued);
}

// A scratch file that was given to an image while it was being written.
BOOST_AUTO_TEST_CASE(an_adopted_upload_can_be_resumed) {
  const auto number = create("x");
  {
    const auto scratch = uploads().open_scratch("default");
    write(scratch, ByteView(disk).first(300 * kKiB));
    uploads().adopt(scratch, number);
    check_status(number, Status::saving);
  }
  restart();
  check_status(number, Status::interrupted);
  BOOST_REQUIRE(uploads().find(number));
  BOOST_TEST(uploads().find(number)->size() == 300 * kKiB);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
