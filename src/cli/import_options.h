// src/cli/import_options.h
#pragma once

#include <CLI/CLI.hpp>

#include "verbs.h"

namespace platter::cli {

// Each lets `verb` read `request`, which must outlive it, from the command
// line.
void add_import_options(CLI::App& verb, ImportVerbRequest& request);
void add_tasks_options(CLI::App& verb, TasksRequest& request);
// ... of a verb that is about one task.
void add_task_options(CLI::App& verb, TasksRequest& request);

}  // namespace platter::cli
