// src/cli/tasks.cpp: `platter tasks`, by the files of info/tasks/.
#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "attribute.h"
#include "complaints.h"
#include "new_image.h"
#include "platter/base/amounts.h"
#include "platter/base/error.h"
#include "task_files.h"
#include "verbs.h"

namespace platter::cli {

namespace {

constexpr std::chrono::milliseconds kLook{300};

// The tree that `place` lies in, or the one that place_for() would choose.
ImagePlace tree_at(const Path& place) { return place_for("any", place); }

Path root_of(const ImagePlace& place) {
  return place.folder().parent_path().parent_path();
}

Path file_of(const ImagePlace& place, std::uint64_t id) {
  return place.inside.parent_path().parent_path() / "info" / "tasks" /
         fmt::format("{}.json", id);
}

void check_done(int number, const ImagePlace& place, std::uint64_t id,
                const std::string& doing) {
  if (number == 0) return;
  read_task(root_of(place), id);
  throw refusal_of(number, place.mount, file_of(place, id), doing).error;
}

std::string progress_of(const TaskFile& task) {
  if (!task.total) return task.done == 0 ? "" : about_size(task.done);
  std::string text = fmt::format(
      "{:3}% of {}", *task.total == 0 ? 100 : 100 * task.done / *task.total,
      about_size(*task.total));
  if (task.is_over()) return text;
  text += fmt::format(", {}/s", about_size(task.rate));
  if (task.remaining) {
    text += fmt::format(", {} left",
                        show_duration(std::chrono::seconds(*task.remaining)));
  }
  return text;
}

// How many lines it takes.
std::size_t print_table(const std::vector<TaskFile>& tasks) {
  // Where a line is painted over a longer one, its rest goes.
  const char* const end = isatty(STDOUT_FILENO) != 0 ? "\033[K\n" : "\n";
  fmt::print("{:>6} {:<10} {:<11} {:<24} {:<36} {}{}", "ID", "KIND", "STATUS",
             "IMAGE", "PROGRESS", "MESSAGE", end);
  for (const TaskFile& task : tasks) {
    fmt::print("{:>6} {:<10} {:<11} {:<24} {:<36} {}{}", task.id, task.kind,
               task.status, task.image, progress_of(task), task.message, end);
  }
  std::fflush(stdout);
  return tasks.size() + 1;
}

bool all_over(const std::vector<TaskFile>& tasks) {
  for (const TaskFile& task : tasks) {
    if (!task.is_over()) return false;
  }
  return true;
}

}  // namespace

void list_tasks(const TasksRequest& request) {
  const Path tree = root_of(tree_at(request.place));
  for (;;) {
    const std::vector<TaskFile> tasks = read_tasks(tree);
    if (request.as_json) {
      for (const TaskFile& task : tasks) fmt::print("{}\n", task.text);
      std::fflush(stdout);
    }
    const std::size_t lines = request.as_json ? 0 : print_table(tasks);
    if (!request.follow || all_over(tasks)) return;
    std::this_thread::sleep_for(kLook);
    if (lines > 0 && isatty(STDOUT_FILENO) != 0) {
      fmt::print("\033[{}A", lines);
    }
  }
}

void cancel_task(const TasksRequest& request) {
  const ImagePlace place = tree_at(request.place);
  const Path file = place.mount / file_of(place, request.id);
  if (read_task(root_of(place), request.id).is_over()) {
    throw Error(
        Errc::forbidden,
        fmt::format("task {} is over; there is nothing to cancel", request.id));
  }
  check_done(unlink(file.c_str()) == 0 ? 0 : errno, place, request.id,
             fmt::format("cancel task {}", request.id));
  fmt::print("cancelled task {}\n", request.id);
}

void retry_task(const TasksRequest& request) {
  const ImagePlace place = tree_at(request.place);
  const Path file = place.mount / file_of(place, request.id);
  check_done(write_attribute(file, "user.status", "pending"), place, request.id,
             fmt::format("try task {} again", request.id));
  fmt::print("task {} is tried again\n", request.id);
}

}  // namespace platter::cli
