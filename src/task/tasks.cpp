// src/task/tasks.cpp: how tasks are kept and run; requests.cpp has what is
// asked of them.
#include "platter/task/tasks.h"

#include <fmt/core.h>

#include <algorithm>

#include "entry.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "platter/base/log.h"

namespace platter::task {

namespace {

using index::Batch;
using index::Durability;
using index::KeySpace;

Number number_of(std::string_view value) {
  if (value.size() != sizeof(Number)) {
    throw Error(Errc::damaged, fmt::format("index: {} has {} bytes, not 8",
                                           kNextNumberKey, value.size()));
  }
  return load_be<Number>(as_bytes(value));
}

// What was thrown; what is no Error is as bad as a broken disk.
Errc code_of(const std::exception& problem) {
  const auto* error = dynamic_cast<const Error*>(&problem);
  return error ? error->code() : Errc::io;
}

}  // namespace

std::string key_of(Number number) {
  std::string key(sizeof(Number), '\0');
  store_be(MutableBytes(reinterpret_cast<std::byte*>(key.data()), key.size()),
           0, number);
  return key;
}

class Tasks::Worker final : public Run {
 public:
  Worker(Tasks& tasks, Entry& entry)
      : tasks_(tasks), entry_(entry), task_(entry.task) {}

  const Task& task() const noexcept override { return task_; }

  bool stopping() const override {
    const std::scoped_lock lock(tasks_.mutex_);
    return tasks_.stopping_ || !entry_.cancelled.empty();
  }

  void progress(std::uint64_t done,
                std::optional<std::uint64_t> total) override {
    const std::scoped_lock lock(tasks_.mutex_);
    entry_.rate.measure(std::chrono::steady_clock::now(), done);
    entry_.task.done = done;
    entry_.task.total = total;
  }

  void checkpoint(const Values& state) override {
    Task now;
    {
      const std::scoped_lock lock(tasks_.mutex_);
      entry_.task.state = state;
      now = entry_.task;
    }
    tasks_.save(now);
  }

 private:
  Tasks& tasks_;
  Entry& entry_;
  const Task task_;
};

Tasks::Tasks(index::Index& index, const Clock& clock, const Limits& limits)
    : index_(index), clock_(clock), limits_(limits) {
  load();
}

Tasks::~Tasks() { stop(); }

void Tasks::load() {
  const auto next = index_.get(KeySpace::meta, kNextNumberKey);
  if (next) next_number_ = number_of(*next);
  index_.scan(KeySpace::tasks, "", "",
              [&](std::string_view, std::string_view value) {
                // One that cannot be read must not keep the store from its
                // users.
                try {
                  auto entry = std::make_unique<Entry>();
                  entry->task = decode(value);
                  entries_[entry->task.number] = std::move(entry);
                } catch (const Error& problem) {
                  log::error("a task is damaged, and passed over",
                             {{"why", problem.what()}});
                }
                return true;
              });
}

void Tasks::add_kind(const std::string& name, Kind& kind) {
  kinds_[name] = &kind;
}

void Tasks::start() {
  std::vector<Entry*> cut_off;
  for (const auto& [number, entry] : entries_) {
    if (entry->task.status == Status::processing)
      cut_off.push_back(entry.get());
  }
  for (Entry* entry : cut_off) {
    const auto kind = kinds_.find(entry->task.kind);
    if (kind != kinds_.end() && kind->second->resumes()) {
      entry->task.status = Status::pending;
      entry->task.message = "the service stopped; it goes on";
    } else {
      end(*entry, {"the service stopped in the middle of it; try it again",
                   Errc::cancelled,
                   {}});
    }
  }
  for (unsigned n = 0; n < limits_.running; ++n) {
    threads_.emplace_back([this] { work(); });
  }
}

void Tasks::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Tasks::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    Entry* due = next_due();
    if (!due) {
      wake_.wait(lock);
      continue;
    }
    due->task.status = Status::processing;
    lock.unlock();
    run(*due);
    // Another task of the project may run now.
    wake_.notify_all();
    lock.lock();
  }
}

// The oldest that may run. REQUIRES: mutex_ is held.
Tasks::Entry* Tasks::next_due() {
  for (const auto& [number, entry] : entries_) {
    const Task& task = entry->task;
    if (task.status == Status::pending &&
        count(task.project, true) < limits_.running_of_project) {
      return entry.get();
    }
  }
  return nullptr;
}

// REQUIRES: mutex_ is held.
unsigned Tasks::count(const std::string& project, bool running) const {
  return static_cast<unsigned>(
      std::ranges::count_if(entries_, [&](const auto& numbered) {
        const Task& task = numbered.second->task;
        return task.project == project &&
               (running ? task.status == Status::processing : !task.is_over());
      }));
}

void Tasks::run(Entry& entry) {
  {
    const std::scoped_lock lock(mutex_);
    entry.task.started_at = clock_.now();
    entry.task.message.clear();
    ++entry.task.attempts;
    entry.rate = Rate(std::chrono::steady_clock::now(), entry.task.done);
  }
  const auto kind = kinds_.find(entry.task.kind);
  Outcome outcome;
  try {
    if (kind == kinds_.end()) {
      throw Error(
          Errc::unsupported,
          "this Platter does not know tasks of kind " + entry.task.kind);
    }
    save(entry.task);
    Worker worker(*this, entry);
    outcome.result = kind->second->run(worker);
    storing_.end();
    return end(entry, std::move(outcome));
  } catch (const std::exception& problem) {
    outcome.failure = problem.what();
    outcome.code = code_of(problem);
  }
  {
    const std::scoped_lock lock(mutex_);
    if (!entry.cancelled.empty()) {
      outcome = {entry.cancelled, Errc::cancelled, {}};
    } else if (stopping_) {
      // As it is kept, the next start sees to it.
      return;
    }
  }
  if (is_storage_trouble(*outcome.code)) storing_.begin();
  end(entry, std::move(outcome));
}

namespace {

// One that went well says so in a line of its kind's.
void log_end(const Task& task, std::optional<Errc> code) {
  const auto write = !code                       ? log::debug
                     : is_storage_trouble(*code) ? log::error
                                                 : log::info;
  write("task ended", {{"task", task.number},
                       {"operation", task.kind},
                       {"project", task.project},
                       {"image", task.image_name},
                       {"user", task.user},
                       {"status", name_of(task.status)},
                       {"error", code ? name_of(*code) : ""},
                       {"why", task.message}});
}

}  // namespace

// Also when it cannot be written down: the next start then sees to it again.
void Tasks::end(Entry& entry, Outcome outcome) {
  const bool failed = outcome.code.has_value();
  if (failed) give_up(entry.task, outcome.failure);
  Task now;
  {
    const std::scoped_lock lock(mutex_);
    now = entry.task;
  }
  now.status = failed ? Status::failure : Status::success;
  now.message = outcome.failure;
  now.result = std::move(outcome.result);
  now.ended_at = clock_.now();
  now.expires_at = now.ended_at + limits_.kept;
  if (!failed) now.state.clear();
  log_end(now, outcome.code);
  try {
    save(now);
  } catch (const Error& problem) {
    storing_.begin();
    log::error("cannot write down how a task ended",
               {{"task", now.number}, {"why", problem.what()}});
  }
  // Not before: who sees that it is over may forget it.
  const std::scoped_lock lock(mutex_);
  entry.task = std::move(now);
  entry.cancelled.clear();
  entry.rate = {};
}

void Tasks::give_up(const Task& task, const std::string& why) noexcept {
  const auto kind = kinds_.find(task.kind);
  if (kind == kinds_.end()) return;
  try {
    kind->second->give_up(task, why);
  } catch (const std::exception& problem) {
    log::error("cannot tidy up after a task",
               {{"task", task.number}, {"why", problem.what()}});
  }
}

void Tasks::save(const Task& task) const {
  Batch batch;
  batch.put(KeySpace::tasks, key_of(task.number), encode(task));
  index_.write(batch, Durability::synced);
}

}  // namespace platter::task
