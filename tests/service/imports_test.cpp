// tests/service/imports_test.cpp
//
// Importing into an image: who may, when, and what is left of it. The files
// lie on the host; servers are the room transfer's and the mount suite's.
#include "platter/service/imports.h"

#include "platter/base/error.h"
#include "service.h"
#include "support/disks.h"
#include "support/errors.h"

namespace platter::test {
namespace {

using service::ImportRequest;
using task::Task;

struct Importing : TestService {
  // A file of the host, and its URL.
  std::string url_of(const std::string& name, ByteView content) {
    const Path file = folder() / name;
    write_whole(file, content);
    return "file://" + file.string();
  }
  Task wait_for(const Task& begun) {
    for (int i = 0; i < 20'000; ++i) {
      const auto task = tasks().find(begun.number);
      BOOST_REQUIRE(task);
      if (task->is_over()) return *task;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    BOOST_REQUIRE_MESSAGE(false, "the task is never over");
    return begun;
  }
  Task import(Number number, const std::string& url) {
    return wait_for(imports().begin(admin(), number, {url, ""}));
  }

  Bytes disk = random_disk(3 * kMiB + 512, 1);
};

BOOST_FIXTURE_TEST_CASE(an_image_gets_the_disk_that_its_url_names, Importing) {
  const Number number = create("x");
  const Task task = import(number, url_of("disk.raw", disk));
  BOOST_REQUIRE_EQUAL(task.message, "");
  check_active(number, disk);
  BOOST_CHECK_EQUAL(task.result.at("bytes"), std::to_string(disk.size()));
  BOOST_CHECK_EQUAL(record(number)->file_name, "disk.raw");
  BOOST_CHECK_EQUAL(record(number)->status_reason, "");
}

BOOST_FIXTURE_TEST_CASE(what_is_refused_leaves_an_error_and_its_reason,
                        Importing) {
  const Number number = create("x");
  set(number, "os_hash_algo", "sha256");
  set(number, "os_hash_value", std::string(64, 'a'));
  const Task task = import(number, url_of("disk.raw", disk));
  BOOST_CHECK(task.status == task::Status::failure);
  BOOST_CHECK(task.message.find("os_hash_value") != std::string::npos);
  check_status(number, Status::error);
  BOOST_CHECK_EQUAL(record(number)->status_reason, task.message);
  BOOST_CHECK(!record(number)->original);
  // It takes another try.
  set(number, "os_hash_value", to_hex(sha256(disk)));
  tasks().retry(task.number);
  BOOST_CHECK_EQUAL(wait_for(task).message, "");
  check_active(number, disk);
}

BOOST_FIXTURE_TEST_CASE(a_file_of_checksums_is_believed, Importing) {
  const std::string url = url_of("disk.raw", disk);
  const std::string sum = to_hex(sha256(disk));
  const std::string sums = url_of("SHA256SUMS", as_bytes(sum + "  disk.raw\n"));
  const Number number = create("x");
  const auto begun = imports().begin(admin(), number, {url, sums});
  BOOST_CHECK_EQUAL(wait_for(begun).message, "");
  check_active(number, disk);
  BOOST_CHECK_EQUAL(record(number)->os_hash_value, sum);

  const std::string others =
      url_of("OTHERSUMS", as_bytes(std::string(64, '0') + "  disk.raw\n"));
  const Number other = create("y");
  const Task failed = wait_for(imports().begin(admin(), other, {url, others}));
  BOOST_CHECK(failed.status == task::Status::failure);
  check_status(other, Status::error);
}

BOOST_FIXTURE_TEST_CASE(only_images_without_a_disk_are_filled, Importing) {
  const std::string url = url_of("disk.raw", disk);
  const Number number = uploaded("x", disk);
  BOOST_CHECK_EXCEPTION(imports().begin(admin(), number, {url, ""}), Error,
                        has_code(Errc::read_only));
  const Number written = create("y");
  const DraftPtr draft = uploads().open(written, true);
  write(draft, disk);
  BOOST_CHECK_EXCEPTION(imports().begin(admin(), written, {url, ""}), Error,
                        has_code(Errc::busy));
  flush_and_close(draft);
}

BOOST_FIXTURE_TEST_CASE(files_of_the_host_are_for_administrators, Importing) {
  const std::string url = url_of("disk.raw", disk);
  const Number number = create("x");
  BOOST_CHECK_EXCEPTION(imports().begin(member(), number, {url, ""}), Error,
                        has_code(Errc::forbidden));
  BOOST_CHECK_EXCEPTION(imports().begin(stranger(), number, {url, ""}), Error,
                        has_code(Errc::not_found));
  check_status(number, Status::queued);
  BOOST_CHECK(tasks().all().empty());
}

BOOST_FIXTURE_TEST_CASE(urls_are_looked_at_before_a_task_is_made, Importing) {
  const Number number = create("x");
  for (const char* url :
       {"http://127.0.0.1/x.raw", "http://169.254.169.254/latest", "ftp://a/b",
        "http://user@example.org/x.raw", "plan-9", ""}) {
    BOOST_CHECK_THROW(imports().begin(admin(), number, {url, ""}), Error);
  }
  BOOST_CHECK(tasks().all().empty());
  BOOST_CHECK_EQUAL(record(number)->status_reason, "");
}

BOOST_FIXTURE_TEST_CASE(an_image_that_is_removed_ends_its_import, Importing) {
  const std::string url = url_of("disk.raw", disk);
  const Number number = create("x");
  const auto begun = imports().begin(admin(), number, {url, ""});
  images().remove(admin(), number);
  // Whoever was first, nothing half-made is left.
  wait_for(begun);
  const RecordPtr removed = named("x", Place::trash);
  BOOST_REQUIRE(removed);
  BOOST_CHECK(removed->original.has_value() ==
              (removed->status == Status::active));
}

BOOST_FIXTURE_TEST_CASE(the_service_may_end_at_any_time, Importing) {
  const std::string url = url_of("disk.raw", disk);
  for (int n = 0; n < 6; ++n) {
    const Number number = create("x" + std::to_string(n));
    const auto begun = imports().begin(admin(), number, {url, ""});
    std::this_thread::sleep_for(std::chrono::milliseconds(n));
    restart();
    const Task task = wait_for(begun);
    BOOST_CHECK_EQUAL(task.message, "");
    check_active(number, disk);
  }
}

}  // namespace
}  // namespace platter::test
