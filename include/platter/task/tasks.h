// include/platter/task/tasks.h
//
// The one mechanism for tasks: keeps them, runs them a few at a time, goes on
// with them after a restart, and forgets them some time after they ended. What
// there is to do is known to their kinds.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "platter/index/index.h"
#include "platter/metrics/trouble.h"
#include "platter/task/task.h"

namespace platter::task {

// What a running task sees of the mechanism. Used by the thread that runs it.
class Run {
 public:
  virtual ~Run() = default;

  // As it was when this run began.
  virtual const Task& task() const noexcept = 0;
  // True: end soon, by Errc::cancelled. Somebody cancelled it, or the service
  // stops.
  virtual bool stopping() const = 0;
  // Bytes. Costs nothing worth mentioning; not durable.
  virtual void progress(std::uint64_t done,
                        std::optional<std::uint64_t> total) = 0;
  // What the next run needs to go on. Durable on return.
  virtual void checkpoint(const Values& state) = 0;
};

// What a kind of task does. Thread-safe.
class Kind {
 public:
  virtual ~Kind() = default;

  // Does it, from the start or from task().state on. Returns the result. Throws
  // why it failed: Error's sentence becomes the task's message.
  virtual Values run(Run& run) = 0;
  // Whether a run that was cut off by the end of the service is begun again. If
  // not, the task fails then.
  virtual bool resumes() const noexcept = 0;
  // It ended without success, maybe before it ever ran: tidies up what it was
  // about. Called before the task says so, and once more after a crash between.
  virtual void give_up(const Task& task, const std::string& why) = 0;
};

struct Limits {
  unsigned running = 4;              // at a time
  unsigned running_of_project = 2;   // of them
  unsigned waiting_of_project = 64;  // pending and running
  // How long a task is remembered after it ended.
  std::chrono::seconds kept{48 * 3600};
};

// Thread-safe.
class Tasks {
 public:
  // Both must outlive it. Reads what the index has.
  Tasks(index::Index& index, const Clock& clock, const Limits& limits);
  // As stop().
  ~Tasks();

  // Before start(). `kind` must outlive the tasks' threads.
  void add_kind(const std::string& name, Kind& kind);
  // Begins to run what is pending, or was under way when the service ended.
  void start();
  // Stops what runs; it goes on at the next start. Returns when no kind is
  // running any more.
  void stop();

  // A new task, pending and durable. Sets number, status and times. Throws
  // Errc::invalid for a kind that there is not, Errc::quota when the project
  // has too many that are not over.
  Task create(Task task);

  // As they are now, the newest last. nullopt: there is none.
  std::optional<Task> find(Number number) const;
  std::vector<Task> list(const std::string& project) const;
  std::vector<Task> all() const;
  // The newest of an image.
  std::optional<Task> of_image(std::uint64_t image) const;
  // Whether the last task that ended failed for the store's sake: it could not
  // be read or written.
  bool store_failed() const noexcept { return storing_.now(); }
  // Bytes a second, lately; 0 when it does not run.
  double rate(Number number) const;

  // It ends by failure, saying `why` ("cancelled by ana"); one that runs as
  // soon as it can. No-op when it is over.
  void cancel(Number number, const std::string& why);
  // A failed task is pending again. Throws Errc::forbidden for another.
  void retry(Number number);
  // Forgets a task that is over. No-op otherwise.
  void forget(Number number);
  // ... all of a project that is gone, for one of its name would see them;
  // those that are not over are cancelled, and forgotten when they expire.
  void forget_project(const std::string& project);

  // Forgets what has expired. Called about once a second.
  void tick();

 private:
  class Worker;
  struct Entry;
  using Entries = std::map<Number, std::unique_ptr<Entry>>;

  void load();
  void work();
  Entry* next_due();
  void run(Entry& entry);
  struct Outcome;
  void end(Entry& entry, Outcome outcome);
  void give_up(const Task& task, const std::string& why) noexcept;
  void save(const Task& task) const;
  unsigned count(const std::string& project, bool running) const;

  index::Index& index_;
  const Clock& clock_;
  const Limits limits_;
  metrics::Trouble storing_;
  std::map<std::string, Kind*> kinds_;
  std::vector<std::thread> threads_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  Entries entries_;
  Number next_number_ = 1;
  bool stopping_ = false;
};

}  // namespace platter::task
