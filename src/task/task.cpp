// src/task/task.cpp
#include "platter/task/task.h"

#include "platter/base/error.h"
#include "platter/json/json.h"

namespace platter::task {

namespace {

using json::Json;

constexpr Status kStatuses[] = {Status::pending, Status::processing,
                                Status::success, Status::failure};

Status status_named(const std::string& name) {
  for (const Status status : kStatuses) {
    if (name_of(status) == name) return status;
  }
  throw Error(Errc::damaged, "index: a task's status is \"" + name + "\"");
}

void get(const Json& from, const char* name, Timestamp& time) {
  time.nanoseconds = from.value(name, std::int64_t{0});
}

}  // namespace

std::string_view name_of(Status status) noexcept {
  switch (status) {
    case Status::pending:
      return "pending";
    case Status::processing:
      return "processing";
    case Status::success:
      return "success";
    case Status::failure:
      break;
  }
  return "failure";
}

std::string encode(const Task& task) {
  Json json = {{"number", task.number},
               {"kind", task.kind},
               {"project", task.project},
               {"uid", task.uid},
               {"user", task.user},
               {"image", task.image},
               {"image_name", task.image_name},
               {"input", task.input},
               {"state", task.state},
               {"result", task.result},
               {"status", name_of(task.status)},
               {"message", task.message},
               {"attempts", task.attempts},
               {"done", task.done},
               {"created_at", task.created_at.nanoseconds},
               {"started_at", task.started_at.nanoseconds},
               {"ended_at", task.ended_at.nanoseconds},
               {"expires_at", task.expires_at.nanoseconds}};
  if (task.total) json["total"] = *task.total;
  return json::one_line(json);
}

Task decode(std::string_view bytes) {
  Task task;
  try {
    const Json json = json::parse_object(bytes, "index: a task");
    task.number = json.at("number").get<Number>();
    task.kind = json.at("kind").get<std::string>();
    task.project = json.at("project").get<std::string>();
    task.uid = json.value("uid", 0u);
    task.user = json.value("user", "");
    task.image = json.value("image", std::uint64_t{0});
    task.image_name = json.value("image_name", "");
    task.input = json.value("input", Values{});
    task.state = json.value("state", Values{});
    task.result = json.value("result", Values{});
    task.status = status_named(json.at("status").get<std::string>());
    task.message = json.value("message", "");
    task.attempts = json.value("attempts", 0u);
    task.done = json.value("done", std::uint64_t{0});
    if (json.contains("total")) task.total = json["total"];
    get(json, "created_at", task.created_at);
    get(json, "started_at", task.started_at);
    get(json, "ended_at", task.ended_at);
    get(json, "expires_at", task.expires_at);
  } catch (const Json::exception& problem) {
    throw Error(Errc::damaged,
                std::string("index: a task is not as Platter writes them: ") +
                    problem.what());
  } catch (const Error& problem) {
    throw Error(Errc::damaged, problem.what());
  }
  return task;
}

}  // namespace platter::task
