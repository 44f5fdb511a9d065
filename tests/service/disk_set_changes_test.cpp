// tests/service/disk_set_changes_test.cpp: files of a set that are sent again,
// taken away or renamed.
#include "disk_set.h"

namespace platter::service {
namespace {

using image::Number;
using test::has_code;
using test::kDescriptor;
using test::says;
using test::Status;
using namespace std::chrono_literals;

struct Fixture : test::DiskSetService {};

BOOST_FIXTURE_TEST_SUITE(service_disk_set_changes, Fixture)

BOOST_AUTO_TEST_CASE(files_that_are_taken_away) {
  const auto number = create("x");
  send(number, kDescriptor);
  send(number, "d-f001.vmdk");
  uploads().discard(number);
  check_waits(number, "waits for the descriptor");
  uploads().discard(number, 0);
  check_status(number, Status::queued);
  BOOST_TEST(record(number)->parts.empty());
  BOOST_TEST(record(number)->status_reason == "");
  const Bytes whole = test::random_disk(kPart, 3);
  upload(number, whole);
  check_active(number, whole);
}

BOOST_AUTO_TEST_CASE(a_file_gets_its_right_name_later) {
  const auto number = create("x");
  send(number, kDescriptor);
  send(number, "d-f002.vmdk");
  send(number, "e-f001.vmdk", files["d-f001.vmdk"]);
  check_waits(number, "waits for d-f001.vmdk");
  BOOST_CHECK_EXCEPTION(uploads().rename(number, 1, "d-f002.vmdk"), Error,
                        has_code(Errc::exists));
  uploads().rename(number, 1, "d-f001.vmdk");
  check_set(number);
}

// As qemu-img does it: all files, closed, and then the data.
BOOST_AUTO_TEST_CASE(a_part_may_be_opened_again_until_it_is_sealed) {
  const auto number = create("x");
  send_all(number);
  const auto draft = open_file(number, "d-f001.vmdk", false);
  BOOST_TEST(draft->size() == kPart);
  const Bytes changed = test::random_bytes(700, 9);
  uploads().write(*draft, 5000, changed);
  check_status(number, Status::saving);
  clock().advance(1min);
  uploads().settle();
  flush_and_close(draft);
  std::ranges::copy(changed, files["d-f001.vmdk"].begin() + 5000);
  check_set(number);
  clock().advance(1min);
  uploads().settle();
  BOOST_CHECK_EXCEPTION(uploads().open_part(number, "d-f001.vmdk", false),
                        Error, has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(uploads().open_part(number, "d-f009.vmdk", false),
                        Error, has_code(Errc::read_only));
}

BOOST_AUTO_TEST_CASE(each_file_may_be_sent_again_until_it_is_sealed) {
  const auto number = create("x");
  send_all(number);
  for (const auto& [name, bytes] : files) {
    files[name] = name == kDescriptor ? to_bytes(text + "# again\n")
                                      : test::random_disk(kPart, name[5]);
    send(number, name);
    check_status(number, Status::active);
    for (const auto& [other, content] : files) {
      if (other == kDescriptor) {
        BOOST_TEST(test::same_bytes(original(number), content));
      } else {
        BOOST_TEST(test::same_bytes(part(number, other), content));
      }
    }
  }
  check_set(number);
}

// ... and the service stops meanwhile.
BOOST_AUTO_TEST_CASE(a_file_that_was_cut_off_while_it_was_sent_again) {
  for (const auto& [name, bytes] : files) {
    const auto number = create("x-" + name + "-");
    send_all(number);
    {
      const auto draft = open_file(number, name);
      uploads().write(*draft, 0, ByteView(bytes).first(100));
    }
    restart();
    check_status(number, Status::interrupted);
    restart();
    send(number, name);
    check_set(number);
  }
}

// What a change was made on is whole still, unless it was emptied first.
BOOST_AUTO_TEST_CASE(a_set_that_was_being_changed_goes_to_the_trash) {
  for (const auto& [name, bytes] : files) {
    for (const bool emptied : {false, true}) {
      const auto number = create("x-" + name + (emptied ? "1" : "2"));
      send_all(number);
      const auto draft = open_file(number, name, emptied);
      uploads().write(*draft, 0, test::random_bytes(10, 9));
      images().remove(admin(), number);
      flush_and_close(draft);
      if (!emptied) {
        check_set(number);
        continue;
      }
      check_status(number, Status::queued);
      BOOST_CHECK(!record(number)->guest);
      BOOST_TEST(record(number)->parts.empty());
    }
  }
}

// Files of a set that was whole are taken away while it is sent again.
BOOST_AUTO_TEST_CASE(a_set_of_which_nothing_is_left) {
  const auto number = create("x");
  send_all(number);
  const auto draft = open_file(number, kDescriptor);
  uploads().write(*draft, 0, test::random_bytes(10, 9));
  uploads().discard(number);
  check_waits(number, "waits for the descriptor");
  uploads().discard(number, 0);
  uploads().discard(number, 1);
  check_status(number, Status::queued);
  BOOST_CHECK(!record(number)->guest);
  flush_and_close(draft);
  send_all(number);
  check_set(number);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
