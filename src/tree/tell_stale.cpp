// src/tree/tell_stale.cpp
//
// From changed records to what the kernel may remember of them.
#include "image_files.h"
#include "platter/base/error.h"
#include "sections.h"

namespace platter::tree {

using image::ProjectNumber;
using image::Record;
using image::RecordPtr;

namespace {

// A name of a section; no project: of that section in every catalogue.
struct SectionName {
  std::optional<ProjectNumber> project;
  Section section;
  std::string name;

  auto operator<=>(const SectionName&) const = default;
};
using SectionNames = std::set<SectionName>;

SectionNames names_of(const Context& context, const RecordPtr& record) {
  SectionNames names;
  if (!record) return names;
  for (const Section section : {Section::public_, Section::community}) {
    if (!is_in(section, *record, "")) continue;
    names.insert({std::nullopt, section, full_name(*record)});
    if (section == Section::public_) {
      names.insert({std::nullopt, section, record->name});
    }
  }
  for (const auto& [member, state] : record->members) {
    const auto project = context.parts.registry.find(member);
    if (!project) continue;
    for (const Section section : {Section::shared, Section::offered}) {
      if (!is_in(section, *record, member)) continue;
      names.insert({project->number, section, full_name(*record)});
    }
  }
  return names;
}

// What stat shows of them has changed for all who have the image.
void add_nodes(const Record& record, std::set<Stale>& stale) {
  const auto add = [&](NodeId id) { stale.insert({id, ""}); };
  for (const NodeKind kind :
       {NodeKind::folder, NodeKind::original, NodeKind::json}) {
    add(NodeId::of(kind, record.number));
  }
  for (const format::View view : format::views()) {
    if (record.view_sizes.count(std::string(name_of(view))) > 0) {
      add(NodeId::of_view(record.number, view));
    }
  }
  for (std::size_t place = 0; place < record.parts.size(); ++place) {
    add(NodeId::of_part(record.number, place));
  }
}

class Collector {
 public:
  Collector(Context& context, const std::set<ProjectNumber>& viewers)
      : context_(context), viewers_(viewers) {}

  void add(const RecordPtr& before, const RecordPtr& after) {
    const SectionNames was = names_of(context_, before);
    const SectionNames is = names_of(context_, after);
    for (const SectionName& name : was) {
      if (is.count(name) == 0) add_name(name);
    }
    // What a name meant before gives way to a new image of it.
    for (const SectionName& name : is) {
      if (was.count(name) == 0) add_name(name);
    }
    if (before && !after) add_purged(*before);
    if (!before || !after) return;
    if (before->project != after->project) add_transfer(*before, *after);
    if (before->visibility != after->visibility ||
        before->project != after->project || before->uid != after->uid) {
      add_nodes(*after, stale_);
    }
  }

  const std::set<Stale>& stale() const { return stale_; }

 private:
  void add_name(const SectionName& name) {
    if (name.project) {
      if (viewers_.count(*name.project) > 0) add_name(*name.project, name);
      return;
    }
    for (const ProjectNumber project : viewers_) add_name(project, name);
  }
  void add_name(ProjectNumber project, const SectionName& name) {
    stale_.insert({NodeId::of(folder_kind(name.section), project), name.name});
    context_.times.touch(project, true, context_.parts.clock.now());
  }

  // By a task, maybe.
  void add_purged(const Record& record) {
    const NodeId folder = context_.folder_of(record);
    stale_.insert({folder, record.name});
    context_.touch(folder.project());
  }

  void add_transfer(const Record& before, const Record& after) {
    const NodeId folder = context_.folder_of(before);
    stale_.insert({folder, before.name});
    context_.touch(folder.project());
    context_.touch(context_.folder_of(after).project());
  }

  Context& context_;
  const std::set<ProjectNumber>& viewers_;
  std::set<Stale> stale_;
};

}  // namespace

void Tree::tell_stale(const StaleListener& listener) {
  const Staleness::Taken taken = context_->stale.take();
  for (const Stale& stale : taken.known) listener(stale);
  Collector collector(*context_, taken.viewers);
  for (const auto& [before, after] : taken.changes) {
    try {
      collector.add(before, after);
    } catch (const Error&) {
      // Its project has gone, and the names of it with it.
    }
  }
  for (const Stale& stale : collector.stale()) listener(stale);
}

}  // namespace platter::tree
