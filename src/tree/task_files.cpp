// src/tree/task_files.cpp
#include "task_files.h"

#include <fmt/core.h>

#include "folder.h"
#include "platter/base/amounts.h"
#include "platter/base/error.h"
#include "platter/json/json.h"

namespace platter::tree {

using json::Json;
using task::Status;
using task::Task;

namespace {

constexpr std::string_view kEnding = ".json";

std::string file_name_of(task::Number number) {
  return std::to_string(number) + std::string(kEnding);
}

std::string cancelled_by(const Caller& caller) {
  return "cancelled by " + access::user_name(caller.uid);
}

class TasksFolder final : public ReadOnlyFolder {
 public:
  TasksFolder(Context& context, NodeId id)
      : ReadOnlyFolder(context, id, "info/tasks/") {}

  std::optional<NodeId> lookup(const Caller&, std::string_view name) override {
    const auto task = task_named(name);
    if (!task) return std::nullopt;
    return node_of(task->number);
  }

  std::vector<Child> list(const Caller&) override {
    std::vector<Child> files;
    for (const Task& task : context_.parts.tasks.list(project())) {
      files.push_back(
          {file_name_of(task.number), node_of(task.number), NodeType::file});
    }
    return files;
  }

  // What is not over is cancelled and stays, so that what came of it can be
  // read; what is over is forgotten.
  void remove_file(const Caller& caller, const std::string& name) override {
    const auto task = task_named(name);
    if (!task) throw Error(Errc::not_found, "there is no task " + name);
    check_sees_tasks(context_, caller, node_of(task->number));
    if (task->is_over()) {
      context_.parts.tasks.forget(task->number);
    } else {
      context_.parts.tasks.cancel(task->number, cancelled_by(caller));
    }
  }

 private:
  NodeId node_of(task::Number number) const {
    return NodeId::in_project(NodeKind::task, id_.project(), number);
  }

  std::optional<Task> task_named(std::string_view name) const {
    if (!name.ends_with(kEnding)) return std::nullopt;
    name.remove_suffix(kEnding.size());
    const auto number = parse_number<task::Number>(name);
    auto task = number ? context_.parts.tasks.find(*number) : std::nullopt;
    if (task && (task->project != project() ||
                 file_name_of(task->number) !=
                     std::string(name) + std::string(kEnding))) {
      return std::nullopt;
    }
    return task;
  }
};

// Seconds until it is done at this rate; nullopt when that is not known.
std::optional<std::uint64_t> remaining(const Task& task, double rate) {
  if (!task.total || rate < 1 || task.done > *task.total) return std::nullopt;
  return static_cast<std::uint64_t>(
      static_cast<double>(*task.total - task.done) / rate);
}

Json progress_of(const Context& context, const Task& task) {
  const double rate = context.parts.tasks.rate(task.number);
  Json progress = {{"done", task.done},
                   {"total", nullptr},
                   {"bytes_per_second", static_cast<std::uint64_t>(rate)},
                   {"remaining_seconds", nullptr}};
  if (task.total) progress["total"] = *task.total;
  if (const auto left = remaining(task, rate)) {
    progress["remaining_seconds"] = *left;
  }
  return progress;
}

// "1048576 of 2097152 bytes, 524288 bytes/s, 2 s left"
std::string progress_text(const Context& context, const Task& task) {
  const double rate = context.parts.tasks.rate(task.number);
  std::string text = std::to_string(task.done);
  if (task.total) text += fmt::format(" of {}", *task.total);
  text += fmt::format(" bytes, {} bytes/s", static_cast<std::uint64_t>(rate));
  if (const auto left = remaining(task, rate)) {
    text += fmt::format(", {} s left", *left);
  }
  return text;
}

// What only the service needs of a task's input.
Json shown_input(const Task& task) {
  Json input = task.input;
  input.erase("by_admin");
  return input;
}

service::ImportRequest request_in(const std::string& value) {
  if (!value.starts_with('{')) return {value, ""};
  const Json json = json::parse_object(value, "user.import");
  service::ImportRequest request;
  for (const auto& [name, member] : json.items()) {
    std::string* const place = name == "url"         ? &request.url
                               : name == "checksums" ? &request.checksums
                                                     : nullptr;
    if (!place || !member.is_string()) {
      throw Error(Errc::invalid,
                  "user.import has the texts \"url\" and \"checksums\"; \"" +
                      name + "\" is neither");
    }
    *place = member.get<std::string>();
  }
  return request;
}

// Bytes. nullopt: it has no such member.
std::optional<std::uint64_t> bytes_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

void set_capture(Context& context, const Caller& caller, image::Number number,
                 const std::string& value) {
  auto& captures = context.parts.captures;
  const Json json = json::parse_object(value, "user.capture");
  if (const auto done = bytes_in(json, "done")) {
    return captures.report(caller, number, *done);
  }
  const auto total = bytes_in(json, "total");
  const auto source = json.find("source");
  if (!total || source == json.end() || !source->is_string()) {
    throw Error(
        Errc::invalid,
        "user.capture has a text \"source\" and a number \"total\", or a "
        "number \"done\"");
  }
  captures.begin(caller, number, source->get<std::string>(), *total);
}

}  // namespace

std::unique_ptr<Folder> tasks_folder(Context& context, NodeId id) {
  return std::make_unique<TasksFolder>(context, id);
}

Task task_at(const Context& context, NodeId file) {
  auto task = context.parts.tasks.find(file.inner());
  if (!task || task->project != context.project_name(file.project())) {
    throw Error(Errc::not_found, "the task is gone");
  }
  return std::move(*task);
}

void check_sees_tasks(const Context& context, const Caller& caller,
                      NodeId file) {
  const std::string project = context.project_name(file.project());
  if (context.parts.access.role_in(caller, project) == access::Role::none) {
    throw Error(Errc::not_found, "there is no such task");
  }
}

std::string task_json(const Context& context, const Task& task) {
  auto record = context.parts.catalogue.find(task.image);
  // What another project made of an image that was given to it is its own.
  if (record && record->project != task.project) record = nullptr;
  Json json = {{"id", task.number},
               {"kind", task.kind},
               {"status", name_of(task.status)},
               {"message", task.message},
               {"image", record ? record->name : task.image_name},
               {"image_id", record ? Json(to_text(record->id)) : Json()},
               {"project", task.project},
               {"user", task.user},
               {"input", shown_input(task)},
               {"result", task.result},
               {"progress", progress_of(context, task)},
               {"attempts", task.attempts},
               {"created_at", to_text(task.created_at)},
               {"started_at", to_text(task.started_at)},
               {"ended_at", to_text(task.ended_at)},
               {"expires_at", to_text(task.expires_at)}};
  return json::pretty(json);
}

std::optional<std::string> property_of_task(const Context& context,
                                            const Task& task,
                                            std::string_view property) {
  if (property == "status") return std::string(name_of(task.status));
  if (property == "message" && !task.message.empty()) return task.message;
  if (property == "progress") return progress_text(context, task);
  return std::nullopt;
}

void change_task(Context& context, const Task& task, std::string_view property,
                 const std::optional<std::string>& value) {
  if (property != "status" || value != name_of(Status::pending)) {
    throw Error(Errc::forbidden,
                "of a task only status is set, to pending, which tries it "
                "again");
  }
  context.parts.tasks.retry(task.number);
}

std::optional<std::string> task_property(const Context& context,
                                         const image::Record& image,
                                         std::string_view property) {
  const auto task = context.parts.tasks.of_image(image.number);
  if (!task) return std::nullopt;
  if (property == "progress") {
    if (task->is_over()) return std::nullopt;
    return progress_text(context, *task);
  }
  if (property == "task") return std::to_string(task->number);
  for (const char* what : {"url", "source"}) {
    const auto found = task->input.find(what);
    if (found != task->input.end()) return found->second;
  }
  return std::nullopt;
}

void set_task_property(Context& context, const Caller& caller,
                       const image::Record& image, std::string_view property,
                       const std::optional<std::string>& value) {
  if (property == "capture" && value) {
    return set_capture(context, caller, image.number, *value);
  }
  if (property != "import") {
    throw Error(
        Errc::forbidden,
        std::string(property) + " is worked out by Platter and cannot be set");
  }
  if (value) {
    context.parts.imports.begin(caller, image.number, request_in(*value));
    return;
  }
  context.parts.access.check(caller, image, access::Act::change);
  const auto task = context.parts.tasks.of_image(image.number);
  if (!task || task->is_over()) {
    throw Error(Errc::no_data, "no import is under way");
  }
  context.parts.tasks.cancel(task->number, cancelled_by(caller));
}

}  // namespace platter::tree
