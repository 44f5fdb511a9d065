// include/platter/service/purges.h
//
// Purging what has been in the trash for long enough, in the background: a kind
// of task, one of a project at a time.
#pragma once

#include <string>

#include "platter/image/catalogue.h"
#include "platter/service/images.h"
#include "platter/task/tasks.h"

namespace platter::service {

// Thread-safe.
class Purges final : public task::Kind {
 public:
  static constexpr const char* kName = "purge";

  // All must outlive it.
  Purges(task::Tasks& tasks, const image::Catalogue& catalogue, Images& images,
         const Clock& clock);

  // Of the project's trash. No-op when one waits or runs already, or, logged,
  // when no task can be made.
  void begin(const std::string& project);

  // Goes on after an image that cannot be purged, and fails in the end.
  task::Values run(task::Run& run) override;
  bool resumes() const noexcept override { return true; }
  void give_up(const task::Task&, const std::string&) override {}

 private:
  task::Tasks& tasks_;
  const image::Catalogue& catalogue_;
  Images& images_;
  const Clock& clock_;
};

}  // namespace platter::service
