// tests/service/failed_writes_test.cpp: what becomes of an upload of which a
// write failed and whose writer went on as if it had not.
#include "disk_set.h"
#include "support/errors.h"
#include "support/file_limit.h"

namespace platter::service {
namespace {

using test::has_code;
using test::says;
using test::Status;

struct Fixture : test::DiskSetService {
  // The first part is there; a write of the second fails.
  void write_until_full(const DraftPtr& draft) {
    uploads().write(*draft, 0, piece(0));
    // Only the file grows meanwhile: the image is saving already.
    const test::FileLimit limit(kPiece + 50'000);
    BOOST_CHECK_THROW(uploads().write(*draft, kPiece, piece(1)), Error);
  }
  // ... and the writer does not care.
  void write_with_a_gap(const DraftPtr& draft) {
    write_until_full(draft);
    uploads().write(*draft, 2 * kPiece, piece(2));
  }
  void check_refused(const DraftPtr& draft, Errc code,
                     const std::string& words) {
    std::string sentence;
    try {
      flush_and_close(draft);
    } catch (const Error& problem) {
      BOOST_CHECK(problem.code() == code);
      sentence = problem.what();
    }
    BOOST_TEST_CONTEXT(sentence) {
      BOOST_TEST(sentence.find(words) != std::string::npos);
      const auto record = this->record(draft->number());
      if (record) BOOST_TEST(record->status_reason == sentence);
    }
  }
  // An image that was left with a gap, and has been told of it.
  image::Number with_a_gap() {
    const auto number = create("x");
    const auto draft = uploads().open(number, true);
    write_with_a_gap(draft);
    check_refused(draft, Errc::io, "send the file again, or resume it");
    check_status(number, Status::interrupted);
    return number;
  }
  ByteView piece(std::uint64_t at) const {
    return ByteView(whole).subspan(at * kPiece, kPiece);
  }

  static constexpr std::uint64_t kPiece = 300 * kKiB;
  Bytes whole = test::random_disk(3 * kPiece, 1, 100);
  Bytes other = test::random_disk(700 * kKiB, 2);
};

BOOST_FIXTURE_TEST_SUITE(service_failed_writes, Fixture)

BOOST_AUTO_TEST_CASE(the_close_is_refused_and_nothing_is_stored) {
  const auto neighbour = uploaded("neighbour", other);
  const auto number = with_a_gap();
  BOOST_CHECK(!record(number)->guest && !record(number)->original);
  BOOST_CHECK_EXCEPTION(images().open_original(admin(), number), Error,
                        has_code(Errc::not_found));
  check_active(neighbour, other);
  upload(number, whole);
  check_active(number, whole);
  BOOST_TEST(record(number)->status_reason == "");
}

// A program that does not look writes the third piece where the second was to
// be; nobody can tell that from one that tries again.
BOOST_AUTO_TEST_CASE(what_is_written_after_does_not_hide_it) {
  const auto number = create("x");
  const auto draft = uploads().open(number, true);
  write_until_full(draft);
  uploads().write(*draft, kPiece, piece(2));
  check_refused(draft, Errc::io, "not all that was sent could be kept");
  check_status(number, Status::interrupted);
}

BOOST_AUTO_TEST_CASE(it_is_resumed_by_writing_what_is_missing) {
  const auto number = with_a_gap();
  auto draft = uploads().open(number, false);
  uploads().write(*draft, 0, piece(0));
  check_refused(draft, Errc::corrupt, "bytes 307200 to 614400");
  check_status(number, Status::interrupted);

  draft = uploads().open(number, false);
  uploads().write(*draft, kPiece, piece(1));
  flush_and_close(draft);
  check_active(number, whole);
}

BOOST_AUTO_TEST_CASE(opening_and_closing_it_changes_nothing) {
  const auto number = with_a_gap();
  const auto before = record(number);
  flush_and_close(uploads().open(number, false));
  BOOST_CHECK(*record(number) == *before);
}

BOOST_AUTO_TEST_CASE(a_restart_does_not_forget_it) {
  const auto number = with_a_gap();
  restart();
  check_status(number, Status::interrupted);
  auto draft = uploads().open(number, false);
  uploads().write(*draft, 0, piece(0));
  check_refused(draft, Errc::corrupt, "bytes 307200 to 614400");
  draft.reset();

  draft = uploads().open(number, false);
  uploads().write(*draft, kPiece, piece(1));
  flush_and_close(draft);
  check_active(number, whole);
}

BOOST_AUTO_TEST_CASE(sending_it_from_the_beginning_is_a_new_start) {
  const auto number = create("x");
  const auto draft = uploads().open(number, true);
  write_with_a_gap(draft);
  uploads().resize(*draft, 0);
  write(draft, whole);
  flush_and_close(draft);
  check_active(number, whole);
}

// Killed while the disk was full; then it goes on where the file ends.
BOOST_AUTO_TEST_CASE(a_killed_writer_is_told_once) {
  const auto number = create("x");
  auto draft = uploads().open(number, true);
  write_until_full(draft);
  flush_and_close(draft, true);
  check_status(number, Status::interrupted);
  BOOST_TEST(uploads().find(number)->size() == kPiece);

  draft = uploads().open(number, false);
  uploads().write(*draft, kPiece, ByteView(whole).subspan(kPiece));
  flush_and_close(draft);
  check_active(number, whole);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_before_the_gap_misses_nothing) {
  const auto number = with_a_gap();
  const auto draft = uploads().open(number, false);
  uploads().resize(*draft, kPiece);
  flush_and_close(draft);
  check_active(number, piece(0));
}

BOOST_AUTO_TEST_CASE(a_first_write_that_fails) {
  const auto number = create("x");
  const auto draft = uploads().open(number, false);
  {
    // Far above what the index writes meanwhile.
    const test::FileLimit limit(30 * kMiB);
    BOOST_CHECK_THROW(uploads().write(*draft, 40 * kMiB, whole), Error);
  }
  check_refused(draft, Errc::io, "not all that was sent could be kept");
  check_status(number, Status::interrupted);
  upload(number, whole);
  check_active(number, whole);
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_not_cut_to_fit) {
  const auto number = create("x");
  const auto draft = uploads().open(number, false);
  uploads().write(*draft, 0, whole);
  BOOST_CHECK_EXCEPTION(uploads().write(*draft, 64 * kMiB, to_bytes("x")),
                        Error, says(Errc::too_large, "67108865 bytes"));
  check_refused(draft, Errc::too_large, "max_image_size");
  check_status(number, Status::error);
  upload(number, whole);
  check_active(number, whole);
}

BOOST_AUTO_TEST_CASE(a_change_of_an_image_that_has_data) {
  const auto number = uploaded("x", other);
  auto draft = uploads().open(number, false);
  uploads().write(*draft, 0, to_bytes("begun"));
  {
    const test::FileLimit limit(400 * kKiB);
    BOOST_CHECK_THROW(uploads().write(*draft, 300'000, whole), Error);
  }
  check_refused(draft, Errc::io, "not all that was sent could be kept");
  check_status(number, Status::interrupted);

  draft = uploads().open(number, false);
  uploads().write(*draft, 300'000, whole);
  flush_and_close(draft);
  Bytes expected = other;
  expected.resize(300'000 + whole.size());
  std::ranges::copy(to_bytes("begun"), expected.begin());
  std::ranges::copy(whole, expected.begin() + 300'000);
  check_active(number, expected);
}

BOOST_AUTO_TEST_CASE(a_scratch_file) {
  const auto scratch = uploads().open_scratch("default");
  uploads().write(*scratch, 0, piece(0));
  write_with_a_gap(scratch);
  check_refused(scratch, Errc::io, "not all that was sent could be kept");
  const auto number = create("x");
  BOOST_CHECK_EXCEPTION(uploads().adopt(scratch, number), Error,
                        says(Errc::corrupt, "bytes 307200 to 614400"));
  check_status(number, Status::interrupted);
  upload(number, whole);
  check_active(number, whole);
}

BOOST_AUTO_TEST_CASE(a_second_file_of_the_same_disk) {
  const auto number = uploaded("x", whole);
  const auto before = record(number);
  const auto twin = uploads().open_twin(number);
  uploads().write(*twin, 0, piece(0));
  write_with_a_gap(twin);
  check_refused(twin, Errc::io, "not all that was sent could be kept");
  BOOST_CHECK(*record(number) == *before);
  check_active(number, whole);
}

BOOST_AUTO_TEST_CASE(a_part_of_a_set) {
  const auto number = create("x");
  send(number, test::kDescriptor);
  send(number, "d-f001.vmdk");
  const auto draft = open_file(number, "d-f002.vmdk");
  const ByteView part = files.at("d-f002.vmdk");
  uploads().write(*draft, 0, part.first(50'000));
  {
    const test::FileLimit limit(60'000);
    BOOST_CHECK_THROW(
        uploads().write(*draft, 50'000, part.subspan(50'000, 50'000)), Error);
  }
  uploads().write(*draft, 100'000, part.subspan(100'000));
  check_refused(draft, Errc::io, "not all that was sent could be kept");
  check_status(number, Status::interrupted);
  send(number, "d-f002.vmdk");
  check_set(number);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
