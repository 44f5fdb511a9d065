// src/cli/task_files.h
//
// The tasks of a project, as the files of its info/tasks/ say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platter/base/file.h"

namespace platter::cli {

struct TaskFile {
  std::uint64_t id = 0;
  std::string kind;
  std::string status;  // "pending", "processing", "success", "failure"
  std::string message;
  std::string image;
  std::string user;
  std::uint64_t done = 0;  // bytes
  std::optional<std::uint64_t> total;
  std::uint64_t rate = 0;                  // bytes a second
  std::optional<std::uint64_t> remaining;  // seconds
  std::string text;                        // the whole file

  bool is_over() const { return status == "success" || status == "failure"; }
};

// `tree`: the root of a project's tree on a mount. Throws Errc::not_found when
// there is no such task.
TaskFile read_task(const Path& tree, std::uint64_t id);
// Those that there are, the newest last.
std::vector<TaskFile> read_tasks(const Path& tree);

}  // namespace platter::cli
