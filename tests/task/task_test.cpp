// tests/task/task_test.cpp: how a task is kept.
#include "platter/task/task.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "support/errors.h"

namespace platter::test {
namespace {

using task::Status;
using task::Task;

Task full_task() {
  Task task;
  task.number = (std::uint64_t{1} << 36) - 1;
  task.kind = "import";
  task.project = "web";
  task.uid = 4294967294;
  task.user = "ana";
  task.image = 77;
  task.image_name = "debian \"12\"\n";
  task.input = {{"url", "https://example.org/a?b=\xc3\xa4"}, {"empty", ""}};
  task.state = {{"offset", "12"}};
  task.result = {{"bytes", "13"}};
  task.status = Status::failure;
  task.message = "no";
  task.attempts = 3;
  task.done = ~std::uint64_t{0};
  task.total = 5;
  task.created_at = {1};
  task.started_at = {2};
  task.ended_at = {3};
  task.expires_at = {4};
  return task;
}

BOOST_AUTO_TEST_CASE(a_task_is_kept_as_it_is) {
  const Task task = full_task();
  BOOST_CHECK(task::decode(task::encode(task)) == task);
  Task bare;
  bare.kind = "purge";
  BOOST_CHECK(task::decode(task::encode(bare)) == bare);
}

BOOST_AUTO_TEST_CASE(every_status_is_kept) {
  for (const Status status : {Status::pending, Status::processing,
                              Status::success, Status::failure}) {
    Task task;
    task.status = status;
    BOOST_CHECK(task::decode(task::encode(task)).status == status);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_task_is_damage) {
  const std::string good = task::encode(full_task());
  for (const std::string& bad :
       {std::string(), std::string("{}"), good.substr(0, good.size() / 2),
        std::string(R"({"number":1,"kind":"x","project":"p","status":"odd"})"),
        std::string(R"({"number":"1","kind":"x","project":"p"})")}) {
    BOOST_CHECK_EXCEPTION(task::decode(bad), Error, has_code(Errc::damaged));
  }
}

}  // namespace
}  // namespace platter::test
