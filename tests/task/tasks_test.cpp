// tests/task/tasks_test.cpp: how tasks run, end, and go on after a restart.
#include "platter/task/tasks.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "platter/base/error.h"
#include "support/errors.h"
#include "support/folder.h"
#include "support/manual_clock.h"

namespace platter::test {
namespace {

using namespace std::chrono_literals;
using task::Run;
using task::Status;
using task::Task;
using task::Tasks;
using task::Values;

// Does what a test says, and counts.
class ScriptedKind final : public task::Kind {
 public:
  Values run(Run& run) override {
    const int now = ++running;
    for (int most = most_running; now > most;) {
      if (most_running.compare_exchange_weak(most, now)) break;
    }
    try {
      Values result = script(run);
      --running;
      return result;
    } catch (...) {
      --running;
      throw;
    }
  }
  bool resumes() const noexcept override { return resumable; }
  void give_up(const Task& task, const std::string& why) override {
    const std::scoped_lock lock(mutex);
    given_up.push_back(std::to_string(task.number) + " " + why);
  }

  std::function<Values(Run&)> script = [](Run&) { return Values{}; };
  bool resumable = true;
  std::atomic<int> running = 0;
  std::atomic<int> most_running = 0;
  std::mutex mutex;
  std::vector<std::string> given_up;
};

// Until it is cancelled, or the service stops.
Values wait_until_stopped(Run& run) {
  while (!run.stopping()) std::this_thread::sleep_for(1ms);
  throw Error(Errc::cancelled, "stopped");
}

struct Service {
  void open() {
    index = index::open(folder.path() / "index");
    tasks = std::make_unique<Tasks>(*index, clock, limits);
    tasks->add_kind("scripted", kind);
  }
  void close() {
    tasks.reset();
    index.reset();
  }
  ~Service() { close(); }

  task::Number add(const std::string& project = "web") {
    Task task;
    task.kind = "scripted";
    task.project = project;
    return tasks->create(std::move(task)).number;
  }
  Task wait_for(task::Number number, Status status) {
    for (int i = 0; i < 20'000; ++i) {
      const auto task = tasks->find(number);
      BOOST_REQUIRE(task);
      if (task->status == status) return *task;
      std::this_thread::sleep_for(1ms);
    }
    BOOST_REQUIRE_MESSAGE(false, "the task never was " << name_of(status));
    return {};
  }

  TemporaryFolder folder;
  ManualClock clock;
  task::Limits limits;
  ScriptedKind kind;
  std::unique_ptr<index::Index> index;
  std::unique_ptr<Tasks> tasks;
};

BOOST_FIXTURE_TEST_CASE(a_task_runs_and_says_what_came_of_it, Service) {
  kind.script = [](Run& run) {
    run.progress(5, 10);
    return Values{{"bytes", "10"}};
  };
  open();
  const auto number = add();
  BOOST_CHECK(tasks->find(number)->status == Status::pending);
  tasks->start();
  const Task done = wait_for(number, Status::success);
  BOOST_CHECK(done.result == (Values{{"bytes", "10"}}));
  BOOST_CHECK_EQUAL(done.done, 5);
  BOOST_CHECK_EQUAL(done.total.value(), 10);
  BOOST_CHECK_EQUAL(done.attempts, 1);
  BOOST_CHECK(done.ended_at == clock.now());
  BOOST_CHECK(kind.given_up.empty());
}

BOOST_FIXTURE_TEST_CASE(what_fails_says_why_and_tidies_up, Service) {
  kind.script = [](Run&) -> Values {
    throw Error(Errc::invalid, "it is no disk");
  };
  open();
  tasks->start();
  const auto number = add();
  BOOST_CHECK_EQUAL(wait_for(number, Status::failure).message, "it is no disk");
  BOOST_CHECK_EQUAL(kind.given_up.at(0), "1 it is no disk");
}

// Health tells of it until a task goes well; what is asked wrongly is no
// trouble of the store's.
BOOST_FIXTURE_TEST_CASE(what_fails_for_the_stores_sake_is_known, Service) {
  std::optional<Errc> thrown = Errc::invalid;
  kind.script = [&](Run&) -> Values {
    if (thrown) throw Error(*thrown, "no");
    return {};
  };
  open();
  tasks->start();
  for (const Errc code : {Errc::invalid, Errc::remote, Errc::quota}) {
    thrown = code;
    wait_for(add(), Status::failure);
    BOOST_TEST(!tasks->store_failed());
  }
  for (const Errc code : {Errc::io, Errc::no_space, Errc::damaged}) {
    thrown = code;
    wait_for(add(), Status::failure);
    BOOST_TEST(tasks->store_failed());
    thrown.reset();
    wait_for(add(), Status::success);
    BOOST_TEST(!tasks->store_failed());
  }
}

BOOST_FIXTURE_TEST_CASE(what_failed_is_tried_again_from_its_start, Service) {
  kind.script = [](Run& run) -> Values {
    if (run.task().attempts > 1) return {};
    run.checkpoint({{"offset", "5"}});
    throw Error(Errc::remote, "not now");
  };
  open();
  tasks->start();
  const auto number = add();
  wait_for(number, Status::failure);
  tasks->retry(number);
  wait_for(number, Status::success);
  BOOST_CHECK_EXCEPTION(tasks->retry(number), Error, has_code(Errc::forbidden));
}

BOOST_FIXTURE_TEST_CASE(one_that_runs_is_cancelled, Service) {
  kind.script = wait_until_stopped;
  open();
  tasks->start();
  const auto number = add();
  wait_for(number, Status::processing);
  tasks->cancel(number, "cancelled by ana");
  BOOST_CHECK_EQUAL(wait_for(number, Status::failure).message,
                    "cancelled by ana");
  BOOST_CHECK_EQUAL(kind.given_up.at(0), "1 cancelled by ana");
}

BOOST_FIXTURE_TEST_CASE(one_that_waits_is_cancelled_without_a_run, Service) {
  open();
  const auto number = add();
  tasks->cancel(number, "cancelled by ana");
  tasks->start();
  const auto next = add();
  wait_for(next, Status::success);
  const Task task = *tasks->find(number);
  BOOST_CHECK(task.status == Status::failure);
  BOOST_CHECK_EQUAL(task.attempts, 0);
  BOOST_CHECK_EQUAL(kind.given_up.size(), 1);
}

BOOST_FIXTURE_TEST_CASE(only_so_many_run_at_a_time, Service) {
  std::atomic<bool> go = false;
  kind.script = [&](Run&) {
    while (!go) std::this_thread::sleep_for(1ms);
    return Values{};
  };
  limits.running = 3;
  limits.running_of_project = 2;
  open();
  tasks->start();
  std::vector<task::Number> numbers;
  for (int n = 0; n < 5; ++n) numbers.push_back(add("web"));
  for (int n = 0; n < 3; ++n) numbers.push_back(add("shop"));
  // The fourth may not run, as three do: two of web and one of shop.
  wait_for(numbers[0], Status::processing);
  wait_for(numbers[1], Status::processing);
  wait_for(numbers[5], Status::processing);
  BOOST_CHECK(tasks->find(numbers[2])->status == Status::pending);
  go = true;
  for (const auto number : numbers) wait_for(number, Status::success);
  BOOST_CHECK_LE(kind.most_running.load(), 3);
}

BOOST_FIXTURE_TEST_CASE(a_project_has_only_so_many_that_are_not_over, Service) {
  limits.waiting_of_project = 2;
  open();
  add();
  add();
  BOOST_CHECK_EXCEPTION(add(), Error, has_code(Errc::quota));
  add("shop");
}

BOOST_FIXTURE_TEST_CASE(what_ran_goes_on_after_a_restart, Service) {
  kind.script = [](Run& run) -> Values {
    run.checkpoint({{"offset", "5"}});
    return wait_until_stopped(run);
  };
  open();
  tasks->start();
  const auto number = add();
  while (tasks->find(number)->state.empty()) std::this_thread::sleep_for(1ms);
  close();
  BOOST_CHECK(kind.given_up.empty());

  kind.script = [](Run& run) { return run.task().state; };
  open();
  BOOST_CHECK(tasks->find(number)->state == (Values{{"offset", "5"}}));
  tasks->start();
  const Task done = wait_for(number, Status::success);
  BOOST_CHECK(done.result == (Values{{"offset", "5"}}));
  BOOST_CHECK_EQUAL(done.attempts, 2);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_go_on_fails_with_a_reason, Service) {
  kind.script = wait_until_stopped;
  kind.resumable = false;
  open();
  tasks->start();
  const auto number = add();
  wait_for(number, Status::processing);
  close();
  open();
  tasks->start();
  BOOST_CHECK_EQUAL(wait_for(number, Status::failure).message,
                    "the service stopped in the middle of it; try it again");
  BOOST_CHECK_EQUAL(kind.given_up.size(), 1);
}

BOOST_FIXTURE_TEST_CASE(what_waits_and_what_ended_are_there_after_a_restart,
                        Service) {
  open();
  const auto waiting = add();
  tasks->start();
  const Task done = wait_for(waiting, Status::success);
  close();
  open();
  const auto later = add();
  BOOST_CHECK_GT(later, waiting);
  close();
  open();
  BOOST_CHECK(*tasks->find(waiting) == done);
  BOOST_CHECK(tasks->find(later)->status == Status::pending);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_task_keeps_nobody_from_the_others, Service) {
  open();
  const auto whole = add();
  index::Batch batch;
  batch.put(index::KeySpace::tasks, std::string(8, '\x7f'), "{");
  index->write(batch, index::Durability::synced);
  close();
  open();
  BOOST_CHECK_EQUAL(tasks->all().size(), 1);
  tasks->start();
  wait_for(whole, Status::success);
}

BOOST_FIXTURE_TEST_CASE(numbers_do_not_come_again, Service) {
  open();
  tasks->start();
  std::vector<task::Number> numbers;
  for (int n = 0; n < 40; ++n) {
    numbers.push_back(add());
    wait_for(numbers.back(), Status::success);
    tasks->forget(numbers.back());
  }
  close();
  open();
  BOOST_CHECK(tasks->all().empty());
  BOOST_CHECK_GT(add(), numbers.back());
}

BOOST_FIXTURE_TEST_CASE(what_is_over_is_forgotten_after_a_time, Service) {
  open();
  tasks->start();
  const auto number = add();
  wait_for(number, Status::success);
  clock.advance(limits.kept - 1s);
  tasks->tick();
  BOOST_CHECK(tasks->find(number));
  clock.advance(2s);
  tasks->tick();
  BOOST_CHECK(!tasks->find(number));
}

BOOST_FIXTURE_TEST_CASE(the_newest_task_of_an_image_is_found, Service) {
  open();
  for (const std::uint64_t image : {7, 8, 7}) {
    Task task;
    task.kind = "scripted";
    task.project = "web";
    task.image = image;
    tasks->create(std::move(task));
  }
  BOOST_CHECK_EQUAL(tasks->of_image(7)->number, 3);
  BOOST_CHECK_EQUAL(tasks->of_image(8)->number, 2);
  BOOST_CHECK(!tasks->of_image(9));
  BOOST_CHECK_EQUAL(tasks->list("web").size(), 3);
  BOOST_CHECK(tasks->list("shop").empty());
}

BOOST_FIXTURE_TEST_CASE(a_project_that_is_gone_leaves_no_tasks, Service) {
  open();
  add("web");
  const auto other = add("shop");
  tasks->forget_project("web");
  BOOST_CHECK(tasks->list("web").empty());
  BOOST_CHECK(tasks->find(other));
}

BOOST_FIXTURE_TEST_CASE(an_unknown_kind_is_refused, Service) {
  open();
  Task task;
  task.kind = "odd";
  BOOST_CHECK_EXCEPTION(tasks->create(task), Error, has_code(Errc::invalid));
}

BOOST_FIXTURE_TEST_CASE(many_are_made_cancelled_and_asked_for_at_once,
                        Service) {
  kind.script = [](Run& run) -> Values {
    for (int n = 0; n < 3; ++n) {
      if (run.stopping()) throw Error(Errc::cancelled, "stopped");
      run.progress(1, {});
      std::this_thread::sleep_for(1ms);
    }
    return {};
  };
  limits.waiting_of_project = 1'000;
  open();
  tasks->start();
  std::vector<std::thread> users;
  for (int user = 0; user < 4; ++user) {
    users.emplace_back([&, user] {
      for (int n = 0; n < 25; ++n) {
        const auto number = add(user % 2 ? "web" : "shop");
        if (n % 3 == 0) tasks->cancel(number, "cancelled");
        tasks->list("web");
        tasks->rate(number);
        if (n % 5 == 0) tasks->forget(number);
      }
    });
  }
  for (auto& user : users) user.join();
  for (const Task& task : tasks->all()) {
    for (int i = 0; i < 20'000; ++i) {
      const auto now = tasks->find(task.number);
      if (!now || now->is_over()) break;
      std::this_thread::sleep_for(1ms);
    }
    BOOST_CHECK(tasks->find(task.number)->is_over());
  }
}

}  // namespace
}  // namespace platter::test
