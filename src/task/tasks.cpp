// src/task/tasks.cpp
#include "platter/task/tasks.h"

#include <fmt/core.h>

#include <algorithm>

#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "platter/base/log.h"

namespace platter::task {

namespace {

using index::Batch;
using index::Durability;
using index::KeySpace;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::string_view kNextNumberKey = "tasks/next";
// Numbers are durable a few at a time, so a crash skips some.
constexpr Number kNumberBlock = 16;
// A rate forgets what was longer ago than about this.
constexpr double kRateSeconds = 3;

std::string key_of(Number number) {
  std::string key(sizeof(Number), '\0');
  store_be(MutableBytes(reinterpret_cast<std::byte*>(key.data()), key.size()),
           0, number);
  return key;
}

Number number_of(std::string_view value) {
  if (value.size() != sizeof(Number)) {
    throw Error(Errc::damaged, fmt::format("index: {} has {} bytes, not 8",
                                           kNextNumberKey, value.size()));
  }
  return load_be<Number>(as_bytes(value));
}

}  // namespace

// Guarded by the tasks' mutex, but for what a Worker keeps for itself.
struct Tasks::Entry {
  Task task;
  std::string cancelled;  // why; empty: it is not
  double rate = 0;
  SteadyTime measured_at;
  std::uint64_t measured_done = 0;

  void measure(SteadyTime now, std::uint64_t done) {
    const double seconds =
        std::chrono::duration<double>(now - measured_at).count();
    if (seconds < 0.2) return;
    const double lately =
        done >= measured_done
            ? static_cast<double>(done - measured_done) / seconds
            : 0;
    const double weight = std::min(1.0, seconds / kRateSeconds);
    rate = rate == 0 ? lately : rate + weight * (lately - rate);
    measured_at = now;
    measured_done = done;
  }
};

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
    entry_.measure(std::chrono::steady_clock::now(), done);
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
                auto entry = std::make_unique<Entry>();
                entry->task = decode(value);
                entries_[entry->task.number] = std::move(entry);
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
      save(entry->task);
    } else {
      end(*entry, Status::failure,
          "the service stopped in the middle of it; try it again", {});
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
    entry.rate = 0;
    entry.measured_at = std::chrono::steady_clock::now();
    entry.measured_done = entry.task.done;
  }
  const auto kind = kinds_.find(entry.task.kind);
  std::string why;
  try {
    if (kind == kinds_.end()) {
      throw Error(
          Errc::unsupported,
          "this Platter does not know tasks of kind " + entry.task.kind);
    }
    save(entry.task);
    Worker worker(*this, entry);
    Values result = kind->second->run(worker);
    return end(entry, Status::success, "", std::move(result));
  } catch (const std::exception& problem) {
    why = problem.what();
  }
  {
    const std::scoped_lock lock(mutex_);
    if (!entry.cancelled.empty()) {
      why = entry.cancelled;
    } else if (stopping_) {
      // As it is kept, the next start sees to it.
      return;
    }
  }
  end(entry, Status::failure, why, {});
}

// Also when it cannot be written down: the next start then sees to it again.
void Tasks::end(Entry& entry, Status status, const std::string& message,
                Values result) {
  if (status == Status::failure) give_up(entry.task, message);
  Task now;
  {
    const std::scoped_lock lock(mutex_);
    now = entry.task;
  }
  now.status = status;
  now.message = message;
  now.result = std::move(result);
  now.ended_at = clock_.now();
  now.expires_at = now.ended_at + limits_.kept;
  if (status == Status::success) now.state.clear();
  log::info("task ended", {{"task", now.number},
                           {"kind", now.kind},
                           {"project", now.project},
                           {"image", now.image_name},
                           {"status", name_of(status)},
                           {"why", message}});
  try {
    save(now);
  } catch (const Error& problem) {
    log::error("cannot write down how a task ended",
               {{"task", now.number}, {"why", problem.what()}});
  }
  // Not before: who sees that it is over may forget it.
  const std::scoped_lock lock(mutex_);
  entry.task = std::move(now);
  entry.cancelled.clear();
  entry.rate = 0;
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

Task Tasks::create(Task task) {
  if (!kinds_.contains(task.kind)) {
    throw Error(Errc::invalid, "there are no tasks of kind " + task.kind);
  }
  {
    const std::scoped_lock lock(mutex_);
    if (count(task.project, false) >= limits_.waiting_of_project) {
      throw Error(Errc::quota,
                  fmt::format("project {} has {} tasks that are not over; wait "
                              "for one, or cancel it",
                              task.project, limits_.waiting_of_project));
    }
    task.number = next_number_;
    if (task.number % kNumberBlock == 1 || task.number == 1) {
      Batch batch;
      batch.put(KeySpace::meta, std::string(kNextNumberKey),
                key_of(task.number + kNumberBlock));
      index_.write(batch, Durability::synced);
    }
    ++next_number_;
  }
  task.status = Status::pending;
  task.created_at = clock_.now();
  save(task);
  {
    const std::scoped_lock lock(mutex_);
    auto entry = std::make_unique<Entry>();
    entry->task = task;
    entries_[task.number] = std::move(entry);
  }
  wake_.notify_one();
  log::info("task created", {{"task", task.number},
                             {"kind", task.kind},
                             {"project", task.project},
                             {"image", task.image_name},
                             {"uid", task.uid}});
  return task;
}

std::optional<Task> Tasks::find(Number number) const {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(number);
  if (found == entries_.end()) return std::nullopt;
  return found->second->task;
}

std::vector<Task> Tasks::list(const std::string& project) const {
  std::vector<Task> found = all();
  std::erase_if(found,
                [&](const Task& task) { return task.project != project; });
  return found;
}

std::vector<Task> Tasks::all() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Task> found;
  for (const auto& [number, entry] : entries_) found.push_back(entry->task);
  return found;
}

std::optional<Task> Tasks::of_image(std::uint64_t image) const {
  const std::scoped_lock lock(mutex_);
  for (auto at = entries_.rbegin(); at != entries_.rend(); ++at) {
    if (at->second->task.image == image) return at->second->task;
  }
  return std::nullopt;
}

double Tasks::rate(Number number) const {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(number);
  return found == entries_.end() ? 0 : found->second->rate;
}

void Tasks::cancel(Number number, const std::string& why) {
  Entry* entry = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(number);
    if (found == entries_.end() || found->second->task.is_over()) return;
    entry = found->second.get();
    entry->cancelled = why;
    // Who runs it ends it. One that waits is taken out of the row.
    if (entry->task.status != Status::pending) return;
    entry->task.status = Status::processing;
  }
  end(*entry, Status::failure, why, {});
}

void Tasks::retry(Number number) {
  Task now;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(number);
    if (found == entries_.end()) {
      throw Error(Errc::not_found, fmt::format("there is no task {}", number));
    }
    Task& task = found->second->task;
    if (task.status != Status::failure) {
      throw Error(Errc::forbidden,
                  fmt::format("task {} is {}; only what failed is tried again",
                              number, name_of(task.status)));
    }
    // Nobody else's until it is written down.
    task.status = Status::processing;
    now = task;
  }
  now.status = Status::pending;
  now.message.clear();
  now.state.clear();
  now.done = 0;
  now.ended_at = {};
  now.expires_at = {};
  try {
    save(now);
  } catch (const Error&) {
    const std::scoped_lock lock(mutex_);
    entries_.at(number)->task.status = Status::failure;
    throw;
  }
  {
    const std::scoped_lock lock(mutex_);
    entries_.at(number)->task = std::move(now);
  }
  wake_.notify_one();
}

void Tasks::forget(Number number) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(number);
    if (found == entries_.end() || !found->second->task.is_over()) return;
    entries_.erase(found);
  }
  Batch batch;
  batch.erase(KeySpace::tasks, key_of(number));
  index_.write(batch, Durability::lazy);
}

void Tasks::forget_project(const std::string& project) {
  for (const Task& task : list(project)) {
    cancel(task.number, "the project was removed");
    forget(task.number);
  }
}

void Tasks::tick() {
  const Timestamp now = clock_.now();
  std::vector<Number> expired;
  for (const Task& task : all()) {
    if (task.is_over() && task.expires_at <= now)
      expired.push_back(task.number);
  }
  for (const Number number : expired) forget(number);
}

}  // namespace platter::task
