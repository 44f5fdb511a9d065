// src/cli/task_files.cpp
#include "task_files.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "platter/base/amounts.h"
#include "platter/base/error.h"
#include "platter/json/json.h"

namespace platter::cli {

namespace {

using json::Json;

template <typename Value>
std::optional<Value> value_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return std::nullopt;
  return found->get<Value>();
}

Path folder_of(const Path& tree) { return tree / "info" / "tasks"; }

// nullopt: it is gone.
std::optional<TaskFile> find_task(const Path& file) {
  // What it holds may have grown since its size was asked for.
  std::ifstream stream(file);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  if (text.empty()) return std::nullopt;
  const Json json = json::parse_object(text, file.string());
  const Json& progress = json.at("progress");
  TaskFile task;
  task.id = json.at("id");
  task.kind = json.at("kind");
  task.status = json.at("status");
  task.message = json.at("message");
  task.image = json.at("image");
  task.user = json.at("user");
  task.done = progress.at("done");
  task.total = value_in<std::uint64_t>(progress, "total");
  task.rate = progress.at("bytes_per_second");
  task.remaining = value_in<std::uint64_t>(progress, "remaining_seconds");
  task.text = json::one_line(json);
  return task;
}

}  // namespace

TaskFile read_task(const Path& tree, std::uint64_t id) {
  auto task = find_task(folder_of(tree) / fmt::format("{}.json", id));
  if (task) return std::move(*task);
  throw Error(Errc::not_found,
              fmt::format("there is no task {} in {}; `platter tasks` lists "
                          "those that there are",
                          id, tree.string()));
}

std::vector<TaskFile> read_tasks(const Path& tree) {
  std::vector<TaskFile> tasks;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder_of(tree))) {
    if (auto task = find_task(entry.path())) tasks.push_back(std::move(*task));
  }
  std::ranges::sort(tasks, {}, &TaskFile::id);
  return tasks;
}

}  // namespace platter::cli
