// tests/service/uploads_test.cpp: the life of an upload, from the first byte
// until its data never changes again.
#include "platter/service/uploads.h"

#include <thread>

#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using test::has_code;
using test::says;
using namespace std::chrono_literals;

struct Fixture : test::TestService {
  Fixture() : TestService(options()) {}
  static Options options() {
    Options options;
    options.max_image_size = kGiB;
    return options;
  }

  Bytes disk = test::random_disk(900 * kKiB, 1);
  Bytes other = test::random_disk(700 * kKiB, 2);
};

using test::Status;

BOOST_FIXTURE_TEST_SUITE(service_uploads, Fixture)

BOOST_AUTO_TEST_CASE(an_upload_becomes_active_when_it_is_closed) {
  const auto number = create("x");
  check_status(number, Status::queued);
  const auto draft = uploads().open(number, false);
  BOOST_CHECK(uploads().find(number) == draft);
  check_status(number, Status::queued);
  write(draft, disk);
  check_status(number, Status::saving);
  uploads().flush(draft, false);
  check_active(number, disk);
  uploads().close(draft);
  BOOST_CHECK(!uploads().find(number));
  BOOST_TEST(std::filesystem::is_empty(staging()));

  const auto record = this->record(number);
  BOOST_TEST(record->disk_format == "raw");
  BOOST_TEST(record->container_format == "bare");
  BOOST_TEST(record->size() == disk.size());
  BOOST_TEST(record->os_hash_algo == "sha256");
  BOOST_TEST(record->os_hash_value == to_hex(sha256(disk)));
  BOOST_CHECK(record->modified_at == clock().now());
  BOOST_TEST(!record->sealed);
}

BOOST_AUTO_TEST_CASE(what_its_writer_gives_up_is_no_image) {
  const auto number = create("x");
  BOOST_CHECK_EXCEPTION(uploads().give_up(number, "no reason"), Error,
                        says(Errc::invalid, "nothing to give up"));
  const auto draft = uploads().open(number, false);
  write(draft, disk);
  for (const std::string& reason :
       {std::string(), std::string("two\nlines"), std::string(1025, 'x')}) {
    BOOST_CHECK_EXCEPTION(uploads().give_up(number, reason), Error,
                          says(Errc::invalid, "give_up takes the reason"));
  }
  // Closed in between, as a program that starts does, and taken for whole.
  uploads().flush(draft, false);
  check_status(number, Status::active);
  uploads().give_up(number, "it burns");
  check_status(number, Status::saving);
  BOOST_CHECK_EXCEPTION(uploads().flush(draft, false), Error,
                        says(Errc::io, "it burns"));
  check_status(number, Status::interrupted);
  uploads().close(draft);

  // Sent again, it is one.
  const auto again = uploads().open(number, true);
  write(again, other);
  uploads().flush(again, false);
  check_active(number, other);
  uploads().seal(number);
  uploads().close(again);
}

BOOST_AUTO_TEST_CASE(closing_without_a_write_does_nothing) {
  const auto number = create("x");
  const auto before = record(number);
  const auto draft = uploads().open(number, true);
  uploads().flush(draft, false);
  uploads().flush(draft, true);
  uploads().close(draft);
  BOOST_CHECK(*record(number) == *before);
}

// As qemu-img does it: a valid image, closed, and then the data.
BOOST_AUTO_TEST_CASE(it_may_be_opened_again_until_it_is_sealed) {
  const Bytes first = test::qcow2_file(Bytes(512 * kKiB));
  const Bytes second = test::qcow2_file(test::random_disk(512 * kKiB, 3));
  const auto number = uploaded("x", first);
  check_active(number, first);

  const auto draft = uploads().open(number, false);
  check_status(number, Status::active);
  BOOST_TEST(draft->size() == first.size());
  write(draft, second);
  check_status(number, Status::saving);
  flush_and_close(draft);
  check_active(number, second);
}

BOOST_AUTO_TEST_CASE(what_is_not_written_again_stays) {
  const auto number = uploaded("x", disk);
  const auto draft = uploads().open(number, false);
  const Bytes piece = test::random_bytes(5000, 9);
  uploads().write(*draft, 100'001, piece);
  flush_and_close(draft);
  Bytes expected = disk;
  std::ranges::copy(piece, expected.begin() + 100'001);
  check_active(number, expected);
}

BOOST_AUTO_TEST_CASE(a_cut_file_is_a_shorter_disk) {
  const auto number = uploaded("x", disk);
  const auto draft = uploads().open(number, false);
  uploads().resize(*draft, 300 * kKiB);
  flush_and_close(draft);
  check_active(number, ByteView(disk).first(300 * kKiB));
}

BOOST_AUTO_TEST_CASE(several_closes_in_a_row) {
  const auto number = create("x");
  const auto draft = uploads().open(number, false);
  for (std::uint64_t at = 0; at < disk.size(); at += 200 * kKiB) {
    const auto length = std::min<std::uint64_t>(200 * kKiB, disk.size() - at);
    uploads().write(*draft, at, ByteView(disk).subspan(at, length));
    uploads().flush(draft, false);
    check_active(number, ByteView(disk).first(at + length));
  }
  uploads().close(draft);
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(an_emptied_image_is_queued_and_remembers_nothing) {
  const auto number = uploaded("x", disk);
  const auto draft = uploads().open(number, true);
  flush_and_close(draft);
  check_status(number, Status::queued);
  const auto record = this->record(number);
  BOOST_CHECK(!record->guest && !record->original);
  BOOST_TEST(record->os_hash_value == "");
  BOOST_TEST(record->disk_format == "");
  BOOST_TEST(record->stored_size == 0);
  upload(number, other);
  check_active(number, other);
}

BOOST_AUTO_TEST_CASE(it_settles_and_is_read_only_then) {
  const auto number = uploaded("x", disk);
  uploads().settle();
  BOOST_TEST(!record(number)->sealed);
  clock().advance(4s);
  uploads().settle();
  BOOST_TEST(!record(number)->sealed);
  clock().advance(2s);
  uploads().settle();
  BOOST_TEST(record(number)->sealed);
  BOOST_CHECK_EXCEPTION(uploads().open(number, false), Error,
                        says(Errc::read_only, "\"x\""));
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(a_writer_keeps_it_from_settling) {
  const auto number = uploaded("x", disk);
  const auto draft = uploads().open(number, false);
  clock().advance(60s);
  uploads().settle();
  BOOST_TEST(!record(number)->sealed);
  uploads().write(*draft, 0, to_bytes("again"));
  uploads().settle();
  BOOST_TEST(!record(number)->sealed);
  flush_and_close(draft);
  clock().advance(6s);
  uploads().settle();
  BOOST_TEST(record(number)->sealed);
}

BOOST_AUTO_TEST_CASE(sealed_data_takes_no_write_from_those_who_have_it_open) {
  const auto number = uploaded("x", disk);
  const auto draft = uploads().open(number, false);
  uploads().seal(number);
  BOOST_TEST(record(number)->sealed);
  BOOST_CHECK_EXCEPTION(uploads().write(*draft, 0, to_bytes("late")), Error,
                        has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(uploads().resize(*draft, 5), Error,
                        has_code(Errc::read_only));
  flush_and_close(draft);
  check_active(number, disk);
}

// Tools set a file's length once more at the end.
BOOST_AUTO_TEST_CASE(a_resize_that_changes_nothing_is_no_write) {
  const auto number = uploaded("x", disk);
  const auto before = record(number);
  const auto draft = uploads().open(number, false);
  uploads().resize(*draft, disk.size());
  flush_and_close(draft);
  BOOST_CHECK(*record(number) == *before);
}

BOOST_AUTO_TEST_CASE(what_is_being_written_is_not_sealed) {
  const auto number = uploaded("x", disk);
  const auto draft = uploads().open(number, false);
  uploads().write(*draft, 0, other);
  uploads().seal(number);
  BOOST_TEST(!record(number)->sealed);
  flush_and_close(draft);
  Bytes expected = disk;
  std::ranges::copy(other, expected.begin());
  check_active(number, expected);
}

BOOST_AUTO_TEST_CASE(a_killed_writer_leaves_an_interrupted_upload) {
  const auto number = create("x");
  const auto draft = uploads().open(number, false);
  uploads().write(*draft, 0, ByteView(disk).first(300 * kKiB));
  flush_and_close(draft, true);
  check_status(number, Status::interrupted);
  BOOST_TEST(record(number)->status_reason.find("killed") != std::string::npos);

  // `wget -c` asks for the size and goes on from there.
  BOOST_REQUIRE(uploads().find(number));
  BOOST_TEST(uploads().find(number)->size() == 300 * kKiB);
  const auto resumed = uploads().open(number, false);
  uploads().write(*resumed, 300 * kKiB, ByteView(disk).subspan(300 * kKiB));
  check_status(number, Status::saving);
  BOOST_TEST(record(number)->status_reason == "");
  flush_and_close(resumed);
  check_active(number, disk);
}

// Sends `file`, which is refused, and then a good one.
void check_refused(Fixture& service, const Bytes& file, Errc code,
                   Status status) {
  const auto number = service.create("x");
  BOOST_CHECK_EXCEPTION(service.upload(number, file), Error, has_code(code));
  service.check_status(number, status);
  const auto record = service.record(number);
  BOOST_TEST(record->status_reason != "");
  BOOST_CHECK(!record->guest);
  BOOST_CHECK_EXCEPTION(service.images().open_original(service.admin(), number),
                        Error, has_code(Errc::not_found));
  BOOST_REQUIRE(service.uploads().find(number));

  service.upload(number, service.disk);
  service.check_active(number, service.disk);
  BOOST_TEST(service.record(number)->status_reason == "");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_off_may_be_completed) {
  Bytes cut = test::qcow2_file(disk);
  cut.resize(cut.size() / 2);
  check_refused(*this, cut, Errc::corrupt, Status::interrupted);
}

BOOST_AUTO_TEST_CASE(a_format_that_is_not_taken_is_an_error) {
  Bytes qed = disk;
  std::memcpy(qed.data(), "QED", 4);
  check_refused(*this, qed, Errc::unsupported, Status::error);
}

BOOST_AUTO_TEST_CASE(a_name_that_contradicts_is_an_error) {
  const auto number = create("x");
  images().set_file_name(admin(), number, "x.qcow2");
  BOOST_CHECK_EXCEPTION(upload(number, disk), Error, has_code(Errc::invalid));
  check_status(number, Status::error);
  upload(number, test::qcow2_file(disk));
  check_status(number, Status::active);
}

BOOST_AUTO_TEST_CASE(declared_hashes_are_held_against_the_data) {
  for (const char* algorithm : {"sha256", "sha512"}) {
    Hasher hasher(*hash_algorithm(algorithm));
    hasher.update(disk);
    const std::string hash = hasher.finish();
    const auto number = create(algorithm);
    set(number, "os_hash_value", hash);
    BOOST_CHECK_EXCEPTION(upload(number, other), Error,
                          says(Errc::mismatch, hash));
    check_status(number, Status::error);
    BOOST_TEST(record(number)->os_hash_value == hash);
    upload(number, disk);
    check_active(number, disk);
    BOOST_TEST(record(number)->os_hash_value == hash);
    BOOST_TEST(record(number)->os_hash_algo == algorithm);
  }
}

BOOST_AUTO_TEST_CASE(declared_formats_are_held_against_the_data) {
  const auto number = create("x");
  set(number, "disk_format", "qcow2");
  BOOST_CHECK_EXCEPTION(upload(number, disk), Error,
                        says(Errc::invalid, "disk_format"));
  check_status(number, Status::error);
  upload(number, test::qcow2_file(disk));
  check_status(number, Status::active);
}

BOOST_AUTO_TEST_CASE(a_refused_second_upload_keeps_the_first) {
  const Bytes file = test::qcow2_file(disk);
  const auto number = uploaded("x", file);
  const auto draft = uploads().open(number, false);
  uploads().write(*draft, 0, to_bytes("no longer a qcow2"));
  uploads().write(*draft, 4, test::random_bytes(100, 1));
  images().set_file_name(admin(), number, "x.qcow2");
  BOOST_CHECK_EXCEPTION(flush_and_close(draft), Error, has_code(Errc::invalid));
  check_status(number, Status::error);
  const auto again = uploads().open(number, false);
  write(again, file);
  flush_and_close(again);
  check_active(number, file);
}

BOOST_AUTO_TEST_CASE(files_that_grow_too_large) {
  const auto number = create("x");
  const auto draft = uploads().open(number, false);
  BOOST_CHECK_EXCEPTION(uploads().write(*draft, kGiB, to_bytes("x")), Error,
                        says(Errc::too_large, "max_image_size"));
  BOOST_CHECK_EXCEPTION(uploads().resize(*draft, kGiB + 1), Error,
                        has_code(Errc::too_large));
  uploads().resize(*draft, 0);
  uploads().resize(*draft, kGiB);
  flush_and_close(draft);
  check_status(number, Status::active);
  BOOST_TEST(record(number)->size() == kGiB);
}

BOOST_AUTO_TEST_CASE(what_is_aborted_takes_no_write) {
  const auto number = create("x");
  const auto draft = uploads().open(number, false);
  write(draft, disk);
  uploads().abort(number);
  BOOST_TEST(std::filesystem::is_empty(staging()));
  BOOST_CHECK_EXCEPTION(uploads().write(*draft, 0, disk), Error,
                        has_code(Errc::not_found));
  uploads().flush(draft, false);
  uploads().close(draft);
  BOOST_CHECK(!record(number)->guest);
}

BOOST_AUTO_TEST_CASE(a_late_write_does_not_touch_what_was_removed) {
  const auto number = uploaded("x", disk);
  const auto draft = uploads().open(number, false);
  images().remove(admin(), number);
  BOOST_CHECK_EXCEPTION(uploads().write(*draft, 0, other), Error,
                        has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(uploads().resize(*draft, 5), Error,
                        has_code(Errc::not_found));
  flush_and_close(draft);
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(a_discarded_upload_makes_room_for_another) {
  const auto number = create("x");
  const auto old = uploads().open(number, false);
  write(old, disk);
  uploads().discard(number);
  check_status(number, Status::queued);
  const auto draft = uploads().open(number, false);
  BOOST_TEST(draft->size() == 0);
  write(draft, other);
  // The old writer notices late, and takes nothing with it.
  flush_and_close(old);
  BOOST_CHECK(uploads().find(number) == draft);
  flush_and_close(draft);
  check_active(number, other);
  BOOST_CHECK_EXCEPTION(uploads().discard(number), Error,
                        has_code(Errc::read_only));
}

BOOST_AUTO_TEST_CASE(an_image_that_is_gone_takes_nothing) {
  BOOST_CHECK_EXCEPTION(uploads().open(4711, false), Error,
                        has_code(Errc::not_found));
}

// Tools set a file's time before they close it.
BOOST_AUTO_TEST_CASE(a_time_that_was_set_is_kept) {
  const auto number = create("x");
  const auto draft = uploads().open(number, false);
  write(draft, disk);
  images().set_modified(admin(), number, {12'000'000'000});
  flush_and_close(draft);
  BOOST_TEST(record(number)->modified_at.seconds() == 12);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
