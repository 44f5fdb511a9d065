// src/tree/tree.cpp
//
// The verbs of the mount: each finds what kind of node it is asked of and
// passes on.
#include "platter/tree/tree.h"

#include "attributes.h"
#include "folder.h"
#include "links.h"
#include "paths.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "rename.h"

namespace platter::tree {

using image::RecordPtr;

Tree::Tree(const Parts& parts, Options options)
    : context_(std::make_unique<Context>(parts, std::move(options))) {
  parts.catalogue.set_listener(
      [this](const RecordPtr& before, const RecordPtr& after) {
        context_->stale.note({before, after});
      });
}

std::optional<gid_t> Tree::admin_group() const {
  return context_->parts.access.policy().admin_group;
}

Tree::~Tree() { context_->parts.catalogue.set_listener(nullptr); }

std::optional<Attributes> Tree::lookup(const Caller& caller, NodeId parent,
                                       std::string_view name) {
  const auto child = folder_at(*context_, parent)->lookup(caller, name);
  if (!child) return std::nullopt;
  Attributes found = attributes(caller, *child);
  // A file's other names go when its image is renamed; nobody tells the
  // kernel, so it must ask.
  const bool other_name = child->is_of_image() &&
                          child->kind() != NodeKind::folder &&
                          parent.kind() == NodeKind::images;
  if (other_name) found.name_lifetime = {};
  return found;
}

std::vector<Child> Tree::list(const Caller& caller, NodeId folder) {
  check_list(*context_, caller, folder);
  return folder_at(*context_, folder)->list(caller);
}

Attributes Tree::make_folder(const Caller& caller, NodeId parent,
                             const std::string& name) {
  return attributes(caller,
                    folder_at(*context_, parent)->make_folder(caller, name));
}

Attributes Tree::make_link(const Caller& caller, NodeId parent,
                           const std::string& name, const std::string& target) {
  return attributes(
      caller, folder_at(*context_, parent)->make_link(caller, name, target));
}

std::string Tree::read_link(const Caller& caller, NodeId link) {
  return link.kind() == NodeKind::mine ? mine_of(*context_, caller)
                                       : target_of(*context_, link);
}

Opened Tree::create(const Caller& caller, NodeId parent,
                    const std::string& name) {
  auto created = folder_at(*context_, parent)->create(caller, name);
  return {attributes(caller, created.id), std::move(created.handle)};
}

void Tree::remove_file(const Caller& caller, NodeId parent,
                       const std::string& name) {
  folder_at(*context_, parent)->remove_file(caller, name);
}

void Tree::remove_folder(const Caller& caller, NodeId parent,
                         const std::string& name) {
  folder_at(*context_, parent)->remove_folder(caller, name);
}

void Tree::rename(const Caller& caller, const Name& from, const Name& to,
                  bool replace) {
  tree::rename(*context_, caller, from, to, replace);
}

Attributes Tree::change(const Caller& caller, NodeId node,
                        const Changes& changes, Handle* open) {
  if (changes.size && open) {
    open->resize(*changes.size);
  } else if (changes.size) {
    const auto handle = this->open(caller, node, {.write = true});
    handle->resize(*changes.size);
    handle->flush(caller);
  }
  if (changes.modified && node.kind() == NodeKind::scratch) {
    context_->scratches.set_modified(node.number(), *changes.modified);
  } else if (changes.modified && node.kind() == NodeKind::original) {
    context_->parts.images.set_modified(caller, node.number(),
                                        *changes.modified);
  }
  return attributes(caller, node);
}

Usage Tree::usage(const Caller& caller, NodeId node) {
  const auto space = std::filesystem::space(context_->options.store);
  const auto& quotas = context_->parts.quotas;
  const std::string project = context_->project_of(caller, node);
  const service::ProjectUsage used = quotas.usage(project);
  Usage usage{space.capacity, space.available, used.images, 0};
  if (const auto most = quotas.limit(project, image::Limit::bytes)) {
    const std::uint64_t bytes = used.bytes + used.trash_bytes + used.in_flight;
    usage.total = std::min(usage.total, *most);
    usage.free = std::min(usage.free, *most - std::min(bytes, *most));
  }
  // Without a limit, the most that image numbers allow.
  const std::uint64_t most_images =
      quotas.limit(project, image::Limit::images)
          .value_or(std::uint64_t{1} << NodeId::kNumberBits);
  usage.images_free = most_images - std::min(used.images, most_images);
  return usage;
}

void Tree::complain(const Caller& caller, const Refusal& refusal) {
  const Place place = place_of(*context_, caller, refusal.node);
  std::string path = place.path;
  if (!refusal.name.empty()) {
    path += (path.empty() ? "" : "/") + std::string(refusal.name);
  }
  if (path.empty()) path = ".";
  const std::string error(refusal.error);
  const std::string sentence(refusal.reason.what());
  const std::string user = access::user_name(caller.uid);
  context_->parts.journal.add({context_->parts.clock.now(), user, place.project,
                               access::command_of(caller.pid), path, error,
                               sentence});
  context_->parts.audit.add({caller,
                             "refused",
                             place.project,
                             place.image,
                             place.id,
                             sentence,
                             {{"path", path}, {"error", error}}});
  const auto write =
      is_storage_trouble(refusal.reason.code()) ? log::error : log::info;
  write("refused", {{"operation", refusal.operation},
                    {"project", place.project},
                    {"image", place.image},
                    {"user", user},
                    {"errno", error},
                    {"path", path},
                    {"why", sentence}});
}

void Tree::tick() {
  context_->parts.uploads.settle();
  context_->makers.forget_old(context_->parts.clock.now());
  const auto expired = context_->parts.images.expire();
  for (const RecordPtr& record : expired.moved) {
    const NodeId folder = context_->folder_of(*record);
    context_->stale.add({folder, record->name});
    context_->touch(folder.project());
  }
  for (const std::string& project : expired.projects) {
    context_->parts.purges.begin(project);
  }
  context_->parts.tasks.tick();
  context_->parts.audit.sync();
}

}  // namespace platter::tree
