// tests/service/captures_test.cpp
//
// A capture's task follows whoever writes the image.
#include "platter/service/captures.h"

#include "platter/base/error.h"
#include "service.h"
#include "support/disks.h"
#include "support/errors.h"

namespace platter::test {
namespace {

using task::Task;

struct Capturing : TestService {
  Capturing() : number(create("x")) {}

  Task begin() {
    return captures().begin(admin(), number, "machine web", disk.size());
  }
  void open() { draft = uploads().open(number, true); }
  void close() { uploads().close(std::exchange(draft, nullptr)); }
  template <typename Condition>
  Task wait_until(const Task& begun, Condition condition) {
    for (int i = 0; i < 20'000; ++i) {
      const auto task = tasks().find(begun.number);
      BOOST_REQUIRE(task);
      if (condition(*task)) return *task;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    BOOST_REQUIRE_MESSAGE(false, "the task does not get there");
    return begun;
  }
  Task wait_for(const Task& begun) {
    return wait_until(begun, [](const Task& task) { return task.is_over(); });
  }
  void wait_to_run(const Task& begun) {
    wait_until(begun, [&](const Task& task) {
      return task.status == task::Status::processing;
    });
  }

  Number number;
  DraftPtr draft;
  Bytes disk = random_disk(3 * kMiB, 1);
};

BOOST_FIXTURE_TEST_CASE(a_capture_ends_when_the_disk_is_there, Capturing) {
  open();
  const Task task = begin();
  BOOST_CHECK_EQUAL(task.input.at("source"), "machine web");
  write(draft, disk);
  uploads().flush(draft, false);
  close();
  const Task over = wait_for(task);
  BOOST_CHECK_EQUAL(over.message, "");
  BOOST_CHECK(over.status == task::Status::success);
  BOOST_CHECK_EQUAL(over.result.at("bytes"), std::to_string(disk.size()));
  check_active(number, disk);
}

BOOST_FIXTURE_TEST_CASE(it_says_how_far_it_is, Capturing) {
  open();
  const Task task = begin();
  wait_to_run(task);
  captures().report(admin(), number, kMiB);
  wait_until(task, [](const Task& now) { return now.done == kMiB; });
  BOOST_CHECK(tasks().find(task.number)->total == disk.size());
  BOOST_CHECK_EXCEPTION(captures().report(stranger(), number, 1), Error,
                        has_code(Errc::not_found));
  tasks().cancel(task.number, "enough");
  wait_for(task);
  BOOST_CHECK_EXCEPTION(captures().report(admin(), number, 1), Error,
                        has_code(Errc::not_found));
  close();
}

BOOST_FIXTURE_TEST_CASE(cancelling_it_ends_the_upload, Capturing) {
  open();
  const Task task = begin();
  write(draft, ByteView(disk).first(kMiB));
  tasks().cancel(task.number, "cancelled by ana");
  BOOST_CHECK_EQUAL(wait_for(task).message, "cancelled by ana");
  BOOST_CHECK_EXCEPTION(write(draft, disk), Error, has_code(Errc::not_found));
  uploads().flush(draft, false);
  close();
  check_status(number, Status::error);
  BOOST_CHECK_EQUAL(record(number)->status_reason, "cancelled by ana");
  BOOST_CHECK(!record(number)->original);
}

BOOST_FIXTURE_TEST_CASE(who_gives_up_says_why, Capturing) {
  open();
  const Task task = begin();
  write(draft, ByteView(disk).first(kMiB));
  uploads().give_up(number, "the machine went away");
  BOOST_CHECK_THROW(uploads().flush(draft, false), Error);
  close();
  const Task over = wait_for(task);
  BOOST_CHECK(over.status == task::Status::failure);
  BOOST_CHECK(over.message.find("the machine went away") != std::string::npos);
  check_status(number, Status::error);
}

BOOST_FIXTURE_TEST_CASE(after_a_restart_it_has_failed, Capturing) {
  open();
  const Task task = begin();
  wait_to_run(task);
  write(draft, ByteView(disk).first(kMiB));
  close();
  restart();
  const Task over = wait_for(task);
  BOOST_CHECK(over.status == task::Status::failure);
  BOOST_CHECK(!over.message.empty());
  check_status(number, Status::error);
  // Nobody sends it: trying it again says so.
  tasks().retry(task.number);
  BOOST_CHECK(wait_for(task).status == task::Status::failure);
}

BOOST_FIXTURE_TEST_CASE(only_what_is_written_is_captured, Capturing) {
  BOOST_CHECK_EXCEPTION(begin(), Error, has_code(Errc::invalid));
  open();
  const Task task = begin();
  BOOST_CHECK_EXCEPTION(begin(), Error, has_code(Errc::busy));
  tasks().cancel(task.number, "enough");
  wait_for(task);
  close();
}

// Three at once, of which two run: the third waits for its turn.
BOOST_FIXTURE_TEST_CASE(captures_take_turns, Capturing) {
  std::vector<std::pair<Task, DraftPtr>> all;
  for (int i = 0; i < 3; ++i) {
    const Number image = create("n" + std::to_string(i));
    DraftPtr writer = uploads().open(image, true);
    all.emplace_back(captures().begin(admin(), image, "disk", 1),
                     std::move(writer));
  }
  const auto running = [&] {
    return std::ranges::count_if(tasks().all(), [](const Task& task) {
      return task.status == task::Status::processing;
    });
  };
  for (int i = 0; i < 20'000 && running() < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  BOOST_CHECK_EQUAL(running(), 2);
  BOOST_CHECK(tasks().find(all[2].first.number)->status ==
              task::Status::pending);
  for (const auto& [task, writer] : all) {
    tasks().cancel(task.number, "enough");
    wait_for(task);
    uploads().close(writer);
  }
}

}  // namespace
}  // namespace platter::test
