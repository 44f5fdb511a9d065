// src/task/entry.h
//
// What is in memory of a task, and where it lies in the index.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "platter/base/error.h"
#include "platter/task/tasks.h"
#include "rate.h"

namespace platter::task {

// How a task ended.
struct Tasks::Outcome {
  std::string failure;       // why
  std::optional<Errc> code;  // nullopt: it succeeded
  Values result;
};

// In KeySpace::meta.
inline constexpr std::string_view kNextNumberKey = "tasks/next";

// In KeySpace::tasks, and the value of kNextNumberKey.
std::string key_of(Number number);

// Guarded by the tasks' mutex.
struct Tasks::Entry {
  Task task;
  std::string cancelled;  // why; empty: it is not
  Rate rate;
};

}  // namespace platter::task
