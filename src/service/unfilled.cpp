// src/service/unfilled.cpp
#include "unfilled.h"

#include "platter/base/error.h"

namespace platter::service {

using image::Record;

task::Task task_about(const Record& record, const access::Caller& caller,
                      const std::string& kind) {
  task::Task task;
  task.kind = kind;
  task.project = record.project;
  task.uid = caller.uid;
  task.user = access::user_name(caller.uid);
  task.image = record.number;
  task.image_name = record.name;
  return task;
}

void check_no_task(const task::Tasks& tasks, const Record& record) {
  const auto earlier = tasks.of_image(record.number);
  if (!earlier || earlier->is_over()) return;
  throw Error(Errc::busy, "image \"" + record.name + "\" waits for task " +
                              std::to_string(earlier->number) +
                              " already; cancel that first");
}

void leave_unfilled(image::Catalogue& catalogue, Uploads& uploads,
                    image::Number number, const std::string& why) {
  const image::RecordPtr record = catalogue.find(number);
  if (!record || record->original || record->place != image::Place::images) {
    return;
  }
  uploads.abort(number);
  catalogue.update(number, [&](Record& changed) {
    changed.status = image::Status::error;
    changed.status_reason = why;
  });
}

}  // namespace platter::service
