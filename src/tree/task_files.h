// src/tree/task_files.h
//
// Tasks as a mount shows them: files of info/tasks/, attributes of those files
// and of the images they are about.
#pragma once

#include "context.h"
#include "platter/task/task.h"

namespace platter::tree {

// The task of a file of info/tasks/. Throws Errc::not_found when it is gone.
task::Task task_at(const Context& context, NodeId file);
// Throws Errc::not_found for a caller who is not of its project.
void check_sees_tasks(const Context& context, const Caller& caller,
                      NodeId file);
std::string task_json(const Context& context, const task::Task& task);

// "status", "message", "progress" of a task; nullopt for other names.
std::optional<std::string> property_of_task(const Context& context,
                                            const task::Task& task,
                                            std::string_view property);
// Setting "status" to "pending" tries a failed task again; nothing else may be
// set.
void change_task(Context& context, const task::Task& task,
                 std::string_view property,
                 const std::optional<std::string>& value);

// service::is_of_tasks() of an image: "task" is the newest one's number,
// "import" its URL, "progress" how far it is while it is under way.
std::optional<std::string> task_property(const Context& context,
                                         const image::Record& image,
                                         std::string_view property);
// "import" begins one: a URL, or a JSON object with "url" and "checksums". No
// value: cancels it. "capture" begins one of an image that is being written, by
// a JSON object with "source" and "total", and says how far it is, by one with
// "done".
void set_task_property(Context& context, const Caller& caller,
                       const image::Record& image, std::string_view property,
                       const std::optional<std::string>& value);

}  // namespace platter::tree
