// src/service/purges.cpp
#include "platter/service/purges.h"

#include <vector>

#include "platter/base/error.h"
#include "platter/base/log.h"

namespace platter::service {

using image::RecordPtr;
using task::Task;
using task::Values;

Purges::Purges(task::Tasks& tasks, const image::Catalogue& catalogue,
               Images& images, const Clock& clock)
    : tasks_(tasks), catalogue_(catalogue), images_(images), clock_(clock) {}

void Purges::begin(const std::string& project) {
  for (const Task& task : tasks_.list(project)) {
    if (task.kind == kName && !task.is_over()) return;
  }
  const access::Caller self = access::daemon_caller();
  Task task;
  task.kind = kName;
  task.project = project;
  task.uid = self.uid;
  task.user = access::user_name(self.uid);
  try {
    tasks_.create(std::move(task));
  } catch (const Error& problem) {
    // The next look finds the images again.
    log::warning("cannot begin to purge",
                 {{"project", project}, {"why", problem.what()}});
  }
}

Values Purges::run(task::Run& run) {
  std::vector<RecordPtr> expired;
  std::uint64_t total = 0;
  const Timestamp now = clock_.now();
  catalogue_.list(run.task().project, image::Place::trash, "",
                  [&](const RecordPtr& record) {
                    if (record->expires_at > now) return true;
                    expired.push_back(record);
                    total += record->size();
                    return true;
                  });
  std::uint64_t done = 0;
  std::uint64_t purged = 0;
  std::string failures;
  for (const RecordPtr& record : expired) {
    if (run.stopping()) throw Error(Errc::cancelled, "the service stopped");
    try {
      images_.purge(access::daemon_caller(), record->number);
      ++purged;
    } catch (const Error& problem) {
      // Somebody restored it, or removed it, meanwhile.
      const RecordPtr left = catalogue_.find(record->number);
      if (left && left->place == image::Place::trash) {
        failures += " \"" + record->name + "\": " + problem.what() + ".";
      }
    }
    done += record->size();
    run.progress(done, total);
  }
  if (!failures.empty()) {
    throw Error(Errc::io, "cannot purge" + failures);
  }
  return {{"images", std::to_string(purged)}, {"bytes", std::to_string(done)}};
}

}  // namespace platter::service
