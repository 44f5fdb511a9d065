// src/task/requests.cpp: what is asked of tasks while they wait or run.
#include <fmt/core.h>

#include "entry.h"
#include "platter/base/error.h"
#include "platter/base/log.h"

namespace platter::task {

namespace {

using index::Batch;
using index::Durability;
using index::KeySpace;

// Numbers are durable a few at a time, so a crash skips some.
constexpr Number kNumberBlock = 16;

}  // namespace

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
  return found == entries_.end() ? 0 : found->second->rate.value();
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
  end(*entry, {why, Errc::cancelled, {}});
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
