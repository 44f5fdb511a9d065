// include/platter/image/projects.h
//
// All projects of a store. They are few, and kept in memory.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "platter/image/project.h"
#include "platter/index/index.h"

namespace platter::image {

// Thread-safe. Every change is durable on return.
class Projects {
 public:
  // `own`: the name of the store's own project, which is always there as
  // number 0. Where another one was before, that one gets a number like the
  // rest. `index` and `clock` must outlive it.
  Projects(index::Index& index, const Clock& clock, std::string own);

  // nullptr if there is none.
  ProjectPtr find(std::string_view name) const;
  ProjectPtr find(ProjectNumber number) const;
  // In the order of their names, the store's own too.
  std::vector<ProjectPtr> all() const;
  // When the newest came, or the last one went.
  Timestamp changed_at() const;

  // Throws Errc::exists, Errc::invalid for the name, Errc::quota when there
  // are as many as node ids can hold.
  ProjectPtr create(const std::string& name, const std::string& group);
  // `change` alters group or quota, and calls no change of projects. Throws
  // Errc::not_found.
  ProjectPtr update(ProjectNumber number,
                    const std::function<void(Project&)>& change);
  // REQUIRES: it owns no image and no pointer. Throws Errc::not_found,
  // Errc::forbidden for the store's own.
  void erase(ProjectNumber number);

 private:
  void settle_own(const std::string& own);
  ProjectNumber take_number();
  void remember(const ProjectPtr& project);
  void forget(const Project& project);

  index::Index& index_;
  const Clock& clock_;
  std::mutex changes_;        // held over each change; before mutex_
  ProjectNumber next_ = 1;    // guarded by changes_
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, ProjectPtr, std::less<>> by_name_;
  std::map<ProjectNumber, ProjectPtr> by_number_;
  Timestamp changed_at_;
};

}  // namespace platter::image
