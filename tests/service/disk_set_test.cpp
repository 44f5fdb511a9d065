// tests/service/disk_set_test.cpp: disks that are sent in several files.
#include "disk_set.h"

#include <thread>

#include "platter/format/disk_set.h"
#include "support/vmdk_file.h"

namespace platter::service {
namespace {

using image::Number;
using test::has_code;
using test::kDescriptor;
using test::says;
using test::Status;
using namespace std::chrono_literals;

struct Fixture : test::DiskSetService {};

BOOST_FIXTURE_TEST_SUITE(service_disk_set, Fixture)

BOOST_AUTO_TEST_CASE(every_order_gives_the_same_image) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files) names.push_back(name);
  do {
    const auto number = create("x" + names[0] + names[1] + ".");
    send(number, names[0]);
    check_waits(number, names[0] == kDescriptor
                            ? "waits for d-f001.vmdk and d-f002.vmdk, which "
                              "d.vmdk names"
                            : "waits for the descriptor, a .vmdk file that "
                              "names " +
                                  names[0]);
    send(number, names[1]);
    check_waits(number, names[2] == kDescriptor
                            ? "names " + names[0] + " and " + names[1]
                            : "waits for " + names[2] + ", which");
    send(number, names[2]);
    check_set(number);
  } while (std::ranges::next_permutation(names).found);
  BOOST_TEST(std::filesystem::is_empty(staging()));
}

BOOST_AUTO_TEST_CASE(what_is_said_of_it) {
  const auto number = create("x");
  send_all(number);
  const auto record = this->record(number);
  BOOST_TEST(record->size() == text.size() + 2 * kPart);
  BOOST_TEST(record->virtual_size() == 2 * kPart + 8 * 512);
  BOOST_TEST(record->disk_format == "vmdk");
  BOOST_TEST(record->container_format == "bare");
  BOOST_TEST(record->os_hash_value == to_hex(sha256(to_bytes(text))));
  BOOST_TEST(original_name(*record) == kDescriptor);
  BOOST_CHECK(record->modified_at == clock().now());
  BOOST_TEST(!record->sealed);
  // The same disk is there already.
  const auto before = store().stats().stored_bytes;
  send_all(create("y"));
  BOOST_TEST(store().stats().stored_bytes == before);
}

BOOST_AUTO_TEST_CASE(a_declared_hash_is_the_descriptors) {
  const auto number = create("x");
  set(number, "os_hash_value", to_hex(sha256(to_bytes(text))));
  set(number, "disk_format", "vmdk");
  send_all(number);
  check_set(number);
  const auto other = create("y");
  set(other, "os_hash_value", std::string(64, 'a'));
  send(other, kDescriptor);
  send(other, "d-f001.vmdk");
  BOOST_CHECK_EXCEPTION(send(other, "d-f002.vmdk"), Error,
                        has_code(Errc::mismatch));
}

BOOST_AUTO_TEST_CASE(files_that_are_sent_at_once) {
  for (int round = 0; round < 5; ++round) {
    const auto number = create("x" + std::to_string(round));
    std::vector<std::thread> senders;
    for (const auto& [name, bytes] : files) {
      senders.emplace_back([&, name = name] {
        const auto draft = open_file(number, name);
        uploads().write(*draft, 0, files.at(name));
        uploads().flush(draft, false);
        uploads().close(draft);
      });
    }
    for (std::thread& sender : senders) sender.join();
    check_set(number);
  }
  BOOST_TEST(std::filesystem::is_empty(staging()));
}

BOOST_AUTO_TEST_CASE(what_has_arrived_outlives_the_service) {
  const auto number = create("x");
  send(number, "d-f001.vmdk");
  restart();
  check_waits(number, "waits for the descriptor");
  send(number, kDescriptor);
  restart();
  check_waits(number, "waits for d-f002.vmdk");
  BOOST_TEST(uploads().find(number)->size() == text.size());
  BOOST_TEST(uploads().find_part(number, 0)->size() == kPart);
  BOOST_CHECK(!uploads().find_part(number, 1));
  send(number, "d-f002.vmdk");
  check_set(number);
}

// What came whole before is not sent again; the other is.
BOOST_AUTO_TEST_CASE(a_part_that_was_cut_off) {
  const auto number = create("x");
  send(number, kDescriptor);
  send(number, "d-f001.vmdk");
  {
    const auto draft = open_file(number, "d-f002.vmdk");
    uploads().write(*draft, 0, ByteView(files["d-f002.vmdk"]).first(5000));
  }
  restart();
  check_status(number, Status::interrupted);
  // The descriptor would do with it, as it is long enough.
  const auto draft = open_file(number, "d-f001.vmdk", false);
  uploads().write(*draft, 0, ByteView(files["d-f001.vmdk"]).first(1));
  flush_and_close(draft);
  check_waits(number, "waits for d-f002.vmdk");
  send(number, "d-f002.vmdk");
  check_set(number);
}

BOOST_AUTO_TEST_CASE(a_sender_that_was_killed) {
  const auto number = create("x");
  send(number, kDescriptor);
  const auto draft = open_file(number, "d-f001.vmdk");
  write(draft, files["d-f001.vmdk"]);
  flush_and_close(draft, true);
  check_status(number, Status::interrupted);
  send(number, "d-f002.vmdk");
  check_waits(number, "waits for d-f001.vmdk");
  send(number, "d-f001.vmdk");
  check_set(number);
}

BOOST_AUTO_TEST_CASE(what_waits_too_long_goes) {
  const auto number = create("x");
  send(number, kDescriptor);
  const auto slow = open_file(number, "d-f001.vmdk");
  clock().advance(25h);
  BOOST_TEST(expire().empty());
  uploads().close(slow);
  clock().advance(2h);
  BOOST_TEST(expire().size() == 1);
  BOOST_CHECK(record(number)->place == image::Place::trash);
  check_status(number, Status::queued);
  BOOST_TEST(record(number)->parts.empty());
  BOOST_TEST(std::filesystem::is_empty(staging()));
}

BOOST_AUTO_TEST_CASE(a_descriptor_that_is_refused) {
  int made = 0;
  for (const auto& [extent, words] :
       {std::pair("RW 8 FLAT \"/dev/sda\" 0", "path"),
        std::pair("RW 8 FLAT \"../d-flat.vmdk\" 0", "path"),
        std::pair("RW 8 FLAT \"d.vmdk\" 0", "no file beside it"),
        std::pair("RW 8 FLAT \"passwd\" 0", "no file beside it"),
        std::pair("RW 8 FLAT \".d.vmdk\" 0", "no file beside it"),
        std::pair("RW 8 ZERO", "no part")}) {
    const auto number = create("x" + std::to_string(++made));
    const auto bad = test::set_descriptor("vmfs", std::string(extent) + "\n");
    send(number, "d-f001.vmdk");
    BOOST_CHECK_EXCEPTION(send(number, kDescriptor, to_bytes(bad)), Error,
                          says(Errc::invalid, words));
    check_status(number, Status::error);
    // A part does not make it better; the right descriptor does.
    BOOST_CHECK_EXCEPTION(send(number, "d-f002.vmdk"), Error,
                          says(Errc::invalid, words));
    send(number, kDescriptor);
    check_set(number);
    images().remove(admin(), number);
  }
}

BOOST_AUTO_TEST_CASE(a_part_that_is_short) {
  const auto number = create("x");
  send(number, kDescriptor);
  send(number, "d-f002.vmdk");
  BOOST_CHECK_EXCEPTION(
      send(number, "d-f001.vmdk", ByteView(files["d-f001.vmdk"]).first(512)),
      Error, says(Errc::corrupt, "d-f001.vmdk has 512 bytes"));
  check_status(number, Status::interrupted);
  send(number, "d-f001.vmdk");
  check_set(number);
}

BOOST_AUTO_TEST_CASE(a_part_that_nobody_names) {
  const auto number = create("x");
  send(number, "d-f003.vmdk", files["d-f001.vmdk"]);
  send(number, kDescriptor);
  send(number, "d-f001.vmdk");
  BOOST_CHECK_EXCEPTION(send(number, "d-f002.vmdk"), Error,
                        says(Errc::invalid, "d-f003.vmdk lies beside d.vmdk"));
  check_status(number, Status::error);
  // Once it is gone, the set is whole; the others keep their places.
  uploads().discard(number, 0);
  check_set(number);
  BOOST_TEST(record(number)->parts.size() == 3);
  BOOST_TEST(record(number)->parts[1].name == "d-f001.vmdk");
}

// A whole disk may be called as parts are, and so may a descriptor.
BOOST_AUTO_TEST_CASE(names_like_those_of_parts) {
  const test::VmdkFile vmdk;
  const auto number = create("x");
  send(number, "srv-f123.vmdk", vmdk.bytes());
  check_active(number, vmdk.bytes());
  BOOST_TEST(record(number)->file_name == "srv-f123.vmdk");
  BOOST_TEST(original_name(*record(number)) == "disk.vmdk");

  const auto set = create("y");
  send(set, "d-f001.vmdk");
  send(set, "srv-s001.vmdk", to_bytes(text));
  check_waits(set, "waits for d-f002.vmdk, which srv-s001.vmdk names");
  send(set, "d-f002.vmdk");
  check_set(set);
}

BOOST_AUTO_TEST_CASE(a_whole_disk_beside_a_part) {
  const auto number = create("x");
  send(number, "d-f001.vmdk");
  BOOST_CHECK_EXCEPTION(
      send(number, kDescriptor, test::VmdkFile().bytes()), Error,
      says(Errc::invalid, "d.vmdk is a disk of its own, and d-f001.vmdk"));
  check_status(number, Status::error);
  send(number, kDescriptor);
  check_waits(number, "waits for d-f002.vmdk");
}

BOOST_AUTO_TEST_CASE(as_many_parts_as_there_may_be) {
  const auto number = create("x");
  for (std::size_t n = 0; n < format::kMaxParts; ++n) {
    const auto name = std::to_string(n) + "-flat.vmdk";
    uploads().close(uploads().open_part(number, name, true));
  }
  BOOST_CHECK_EXCEPTION(uploads().open_part(number, "d-flat.vmdk", true), Error,
                        says(Errc::quota, "at most 192 parts"));
  uploads().close(uploads().open_part(number, "5-flat.vmdk", true));
}

BOOST_AUTO_TEST_CASE(files_that_are_too_large_together) {
  const auto number = create("x");
  send(number, kDescriptor);
  for (const char* name : {"d-f001.vmdk", "d-f002.vmdk"}) {
    const auto draft = open_file(number, name);
    uploads().resize(*draft, 33 * kMiB);
    if (name[5] == '1') {
      flush_and_close(draft);
    } else {
      BOOST_CHECK_EXCEPTION(flush_and_close(draft), Error,
                            says(Errc::too_large, "max_image_size"));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_same_disk_beside_a_set_that_is_not_whole) {
  for (const bool same : {true, false}) {
    const auto number = create(same ? "x" : "y");
    send(number, kDescriptor);
    const Bytes other = same ? disk() : test::random_disk(disk().size(), 7);
    const auto twin = [&](ByteView file) {
      const auto draft = uploads().open_twin(number);
      write(draft, file);
      flush_and_close(draft);
    };
    twin(other);
    twin(test::qcow2_file(other));
    BOOST_CHECK_EXCEPTION(twin(test::random_disk(kPart, 8)), Error,
                          has_code(Errc::corrupt));
    check_waits(number, "waits for d-f001.vmdk");
    send(number, "d-f001.vmdk");
    if (same) {
      send(number, "d-f002.vmdk");
      check_set(number);
    } else {
      BOOST_CHECK_EXCEPTION(send(number, "d-f002.vmdk"), Error,
                            says(Errc::corrupt, "another disk beside d.vmdk"));
    }
  }
}

BOOST_AUTO_TEST_CASE(scratch_files_become_parts) {
  const auto number = create("x");
  send(number, kDescriptor);
  for (const char* name : {"d-f001.vmdk", "d-f002.vmdk"}) {
    for (const bool again : {false, true}) {
      if (again && name[5] == '2') break;
      const auto scratch = uploads().open_scratch("default");
      write(scratch, files[name]);
      flush_and_close(scratch);
      uploads().adopt_part(scratch, number, name);
    }
  }
  check_set(number);
}

BOOST_AUTO_TEST_CASE(which_names_are_parts) {
  const auto number = create("x");
  BOOST_TEST(uploads().takes_part(number, "a-flat.vmdk"));
  BOOST_TEST(!uploads().takes_part(number, "data.raw"));
  send(number, kDescriptor,
       to_bytes(test::set_descriptor("vmfs", "RW 8 VMFS \"data.raw\"\n")));
  BOOST_TEST(uploads().takes_part(number, "data.raw"));
  BOOST_TEST(!uploads().takes_part(number, "other.raw"));
  send(number, "data.raw", Bytes(4096));
  check_status(number, Status::active);
}

BOOST_AUTO_TEST_CASE(names_that_claim_another_format) {
  const auto number = create("x");
  images().set_file_name(admin(), number, "d.qcow2");
  BOOST_CHECK_EXCEPTION(upload(number, to_bytes(text)), Error,
                        says(Errc::invalid, "VMDK descriptor"));
  const auto raw = create("y");
  set(raw, "disk_format", "raw");
  images().set_file_name(admin(), raw, kDescriptor);
  upload(raw, to_bytes(text));
  check_active(raw, to_bytes(text));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
