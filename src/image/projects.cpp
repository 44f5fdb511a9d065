// src/image/projects.cpp
#include "platter/image/projects.h"

#include <fmt/core.h>

#include <algorithm>

#include "keys.h"
#include "platter/base/error.h"

namespace platter::image {
namespace {

using index::Batch;
using index::Durability;
using index::KeySpace;

constexpr std::string_view kPrefix = "project/";
constexpr std::string_view kNextKey = "projects/next";

std::string key_of(std::string_view name) {
  return std::string(kPrefix).append(name);
}

void put(Batch& batch, const Project& project) {
  batch.put(KeySpace::meta, key_of(project.name), encode_project(project));
}

void put_next(Batch& batch, ProjectNumber next) {
  batch.put(KeySpace::meta, std::string(kNextKey), encode_number(next));
}

Error no_project(ProjectNumber number) {
  return Error(Errc::not_found, fmt::format("there is no project {}", number));
}

}  // namespace

Projects::Projects(index::Index& index, const Clock& clock, std::string own)
    : index_(index), clock_(clock) {
  if (const auto next = index_.get(KeySpace::meta, kNextKey)) {
    next_ = static_cast<ProjectNumber>(decode_number(kNextKey, *next));
  }
  index_.scan(
      KeySpace::meta, kPrefix, "",
      [&](std::string_view, std::string_view value) {
        remember(std::make_shared<const Project>(decode_project(value)));
        return true;
      });
  settle_own(own);
}

// The configuration may name another project as the store's own than it did
// before: that one then has number 0, and the one that had it gets another.
void Projects::settle_own(const std::string& own) {
  const ProjectPtr before = find(ProjectNumber{0});
  if (before && before->name == own) return;
  Batch batch;
  if (before) {
    Project other = *before;
    other.number = take_number();
    forget(*before);
    remember(std::make_shared<const Project>(other));
    put(batch, other);
  }
  const ProjectPtr known = find(own);
  if (known) forget(*known);
  Project project = known ? *known : Project{};
  project.number = 0;
  project.name = own;
  if (!project.created_at) project.created_at = clock_.now();
  remember(std::make_shared<const Project>(project));
  put(batch, project);
  put_next(batch, next_);
  index_.write(batch, Durability::synced);
}

ProjectPtr Projects::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

ProjectPtr Projects::find(ProjectNumber number) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : found->second;
}

std::vector<ProjectPtr> Projects::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<ProjectPtr> projects;
  for (const auto& [name, project] : by_name_) projects.push_back(project);
  return projects;
}

Timestamp Projects::changed_at() const {
  const std::lock_guard lock(mutex_);
  return changed_at_;
}

ProjectPtr Projects::create(const std::string& name, const std::string& group) {
  check_project_name(name);
  const std::lock_guard changing(changes_);
  if (find(name)) {
    throw Error(Errc::exists,
                fmt::format("there is a project called \"{}\" already", name));
  }
  Project project;
  project.number = take_number();
  project.name = name;
  project.group = group;
  project.created_at = clock_.now();
  const auto made = std::make_shared<const Project>(std::move(project));
  Batch batch;
  batch.expect(KeySpace::meta, key_of(name), std::nullopt);
  put(batch, *made);
  put_next(batch, next_);
  index_.write(batch, Durability::synced);
  remember(made);
  return made;
}

ProjectPtr Projects::update(ProjectNumber number,
                            const std::function<void(Project&)>& change) {
  const std::lock_guard changing(changes_);
  const ProjectPtr before = find(number);
  if (!before) throw no_project(number);
  Project changed = *before;
  change(changed);
  if (changed == *before) return before;
  if (changed.number != number || changed.name != before->name ||
      changed.created_at != before->created_at) {
    throw Error(Errc::invalid,
                fmt::format("project {}: only its group and its quota change",
                            before->name));
  }
  const auto after = std::make_shared<const Project>(std::move(changed));
  Batch batch;
  put(batch, *after);
  index_.write(batch, Durability::synced);
  remember(after);
  return after;
}

void Projects::erase(ProjectNumber number) {
  const std::lock_guard changing(changes_);
  const ProjectPtr project = find(number);
  if (!project) throw no_project(number);
  if (number == 0) {
    throw Error(Errc::forbidden,
                fmt::format("project {} is the store's own; it stays as long "
                            "as the store does",
                            project->name));
  }
  Batch batch;
  batch.erase(KeySpace::meta, key_of(project->name));
  index_.write(batch, Durability::synced);
  forget(*project);
  const std::lock_guard lock(mutex_);
  changed_at_ = std::max(changed_at_, clock_.now());
}

void Projects::remember(const ProjectPtr& project) {
  const std::lock_guard lock(mutex_);
  by_name_.insert_or_assign(project->name, project);
  by_number_.insert_or_assign(project->number, project);
  changed_at_ = std::max(changed_at_, project->created_at);
}

void Projects::forget(const Project& project) {
  const std::lock_guard lock(mutex_);
  // By value: it may go with the entry that holds it.
  const auto [name, number] = std::pair(project.name, project.number);
  by_name_.erase(name);
  by_number_.erase(number);
}

ProjectNumber Projects::take_number() {
  if (next_ < kMaxProjects) return next_++;
  throw Error(Errc::quota,
              fmt::format("the store has had {} projects, and numbers of "
                          "projects do not come again; no more can be made",
                          kMaxProjects - 1));
}

}  // namespace platter::image
