// src/tree/tree.cpp
//
// The verbs of the mount: each finds what kind of node it is asked of and
// passes on.
#include "platter/tree/tree.h"

#include <fstream>

#include "folder.h"
#include "image_files.h"
#include "platter/base/error.h"
#include "platter/service/properties.h"
#include "readme.h"
#include "rename.h"
#include "schema_folder.h"

namespace platter::tree {

using image::RecordPtr;

namespace {

constexpr std::string_view kUser = "user.";

// The program's name, for the journal.
std::string command_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  std::getline(file, name);
  return name.empty() ? "?" : name;
}

bool is_of_image(NodeId node) {
  return node.number() != 0 && node.kind() != NodeKind::scratch &&
         node.kind() != NodeKind::schema_file;
}

// The property that an attribute's name means. Throws Errc::unsupported for
// the namespaces of others.
std::string_view property_of(std::string_view name) {
  if (name.starts_with(kUser)) return name.substr(kUser.size());
  throw Error(Errc::unsupported,
              "Platter keeps attributes whose names begin with \"user.\"; \"" +
                  std::string(name) + "\" does not" +
                  (name.starts_with("system.posix_acl")
                       ? " (to share an image, use user.member.<project>)"
                       : ""));
}

std::string path_of(const Context& context, NodeId node) {
  switch (node.kind()) {
    case NodeKind::root:
      return "";
    case NodeKind::images:
      return "images";
    case NodeKind::trash:
      return "trash";
    case NodeKind::info:
      return "info";
    case NodeKind::errors:
      return "info/errors";
    case NodeKind::schema:
      return "info/schema";
    case NodeKind::schema_file:
      for (const Child& file : schema_files(context)) {
        if (file.id == node) return "info/schema/" + file.name;
      }
      return "?";
    case NodeKind::readme:
      return "README";
    default:
      break;
  }
  const RecordPtr record = context.parts.catalogue.find(node.number());
  if (!record) return "?";
  const bool trash = record->place == image::Place::trash;
  std::string path = (trash ? "trash/" : "images/") + record->name;
  if (node.kind() != NodeKind::folder) {
    path += "/" + name_of_file(*record, node);
  }
  return path;
}

}  // namespace

std::string errors_text(const service::Journal& journal) {
  std::string text;
  for (const service::Complaint& complaint : journal.all()) {
    text += to_text(complaint) + "\n";
  }
  return text;
}

Tree::Tree(const Parts& parts, Options options)
    : context_(std::make_unique<Context>(parts, std::move(options))) {
  context_->touch_folders();
}

Tree::~Tree() = default;

std::optional<Attributes> Tree::lookup(const Caller& caller, NodeId parent,
                                       std::string_view name) {
  const auto child = folder_at(*context_, parent)->lookup(caller, name);
  if (!child) return std::nullopt;
  Attributes found = attributes(caller, *child);
  // A file's other names go when its image is renamed; nobody tells the
  // kernel, so it must ask.
  if (child->kind() != NodeKind::folder && parent.kind() == NodeKind::images) {
    found.name_lifetime = {};
  }
  return found;
}

std::vector<Child> Tree::list(const Caller& caller, NodeId folder) {
  return folder_at(*context_, folder)->list(caller);
}

Attributes Tree::make_folder(const Caller& caller, NodeId parent,
                             const std::string& name) {
  return attributes(caller,
                    folder_at(*context_, parent)->make_folder(caller, name));
}

Opened Tree::create(const Caller& caller, NodeId parent,
                    const std::string& name) {
  auto created = folder_at(*context_, parent)->create(caller, name);
  return {attributes(caller, created.id), std::move(created.handle)};
}

std::unique_ptr<Handle> Tree::open(const Caller& caller, NodeId node,
                                   OpenMode mode) {
  if (mode.write) return open_to_write(caller, node, mode.truncate);
  switch (node.kind()) {
    case NodeKind::readme:
      return text_handle(std::string(kReadme));
    case NodeKind::errors:
      return text_handle(errors_text(context_->parts.journal));
    case NodeKind::schema_file:
      return text_handle(schema_file(*context_, node).text);
    case NodeKind::json: {
      const RecordPtr record = context_->image(caller, node.number());
      return text_handle(
          json_of(*context_->parts.images.readable(caller, record)));
    }
    case NodeKind::view:
      return source_handle(
          context_->parts.images.open_view(caller, node.number(), node.view()),
          true);
    default:
      return open_file_to_read(caller, node);
  }
}

// The uploaded file: staged, or stored.
std::unique_ptr<Handle> Tree::open_file_to_read(const Caller& caller,
                                                NodeId node) {
  if (node.kind() == NodeKind::scratch) {
    const auto scratch = context_->scratches.find(node.number());
    if (!scratch) throw Error(Errc::not_found, "the file is gone");
    return draft_reader(scratch->draft);
  }
  const RecordPtr record = context_->image(caller, node.number());
  if (!is_readable(*record)) {
    if (const auto draft = draft_at(*context_, node)) {
      return draft_reader(draft);
    }
  }
  auto& images = context_->parts.images;
  return source_handle(
      node.kind() == NodeKind::part
          ? images.open_part(caller, node.number(), node.place())
          : images.open_original(caller, node.number()),
      record->sealed);
}

std::unique_ptr<Handle> Tree::open_to_write(const Caller& caller, NodeId node,
                                            bool truncate) {
  auto& uploads = context_->parts.uploads;
  if (node.kind() == NodeKind::scratch) {
    const auto scratch = context_->scratches.find(node.number());
    if (!scratch) throw Error(Errc::not_found, "the file is gone");
    scratch->draft->add_writer();
    auto handle = draft_handle(*context_, scratch->draft);
    if (truncate) handle->resize(0);
    return handle;
  }
  if (!is_of_image(node)) {
    throw Error(Errc::read_only, "the file is worked out by Platter");
  }
  const RecordPtr record = context_->image(caller, node.number());
  context_->parts.access.check_change(caller, *record);
  check_in_images(*record);
  if (node.kind() == NodeKind::json) {
    return json_handle(*context_, caller, node.number(), truncate);
  }
  if (node.kind() == NodeKind::original) {
    return draft_handle(*context_, uploads.open(node.number(), truncate));
  }
  if (node.kind() == NodeKind::part) {
    return draft_handle(
        *context_, uploads.open_part(node.number(), name_of_file(*record, node),
                                     truncate));
  }
  if (record->sealed || !truncate) {
    throw Error(Errc::read_only,
                "this file is worked out from the image's disk; write to a "
                "copy of it");
  }
  return draft_handle(*context_, uploads.open_twin(node.number()));
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
    const auto handle = open_to_write(caller, node, false);
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

bool Tree::may_see(const Caller& caller, std::string_view property) const {
  return context_->parts.images.may_read(caller, property);
}

std::string Tree::get_attribute(const Caller& caller, NodeId node,
                                std::string_view name) {
  const bool ours = name.starts_with(kUser) && is_of_image(node);
  if (ours && may_see(caller, property_of(name))) {
    const RecordPtr record = context_->image(caller, node.number());
    if (auto value = service::property(*record, property_of(name))) {
      return *value;
    }
  }
  throw Error(Errc::no_data, std::string(name) + " is not set");
}

std::vector<std::string> Tree::attribute_names(const Caller& caller,
                                               NodeId node) {
  if (node.kind() != NodeKind::folder) return {};
  std::vector<std::string> names;
  const RecordPtr record = context_->image(caller, node.number());
  for (const std::string& name : service::property_names(*record)) {
    if (may_see(caller, name)) names.push_back(std::string(kUser) + name);
  }
  return names;
}

void Tree::set_attribute(const Caller& caller, NodeId node,
                         std::string_view name, std::string_view value) {
  const std::string property(property_of(name));
  // A scratch file's attributes have nowhere to go; tools that copy them
  // along must not fail for it.
  if (node.kind() == NodeKind::scratch) return;
  if (!is_of_image(node)) {
    throw Error(Errc::forbidden, "only images have properties");
  }
  context_->parts.images.set_properties(caller, node.number(),
                                        {{property, std::string(value)}});
}

void Tree::remove_attribute(const Caller& caller, NodeId node,
                            std::string_view name) {
  const std::string property(property_of(name));
  if (!is_of_image(node)) {
    throw Error(Errc::no_data, std::string(name) + " is not set");
  }
  context_->parts.images.set_properties(caller, node.number(),
                                        {{property, std::nullopt}});
}

Usage Tree::usage(const Caller&, NodeId) {
  const auto space = std::filesystem::space(context_->options.store);
  const auto& images = context_->parts.images;
  const std::uint64_t count =
      context_->parts.catalogue.count(images.project(), image::Place::images) +
      context_->parts.catalogue.count(images.project(), image::Place::trash);
  // The most that image numbers allow.
  constexpr std::uint64_t kMostImages = std::uint64_t{1} << 48;
  return {space.capacity, space.available, count, kMostImages - count};
}

void Tree::complain(const Caller& caller, NodeId node, std::string_view name,
                    std::string_view error, std::string_view sentence) {
  std::string path = path_of(*context_, node);
  if (!name.empty()) path += (path.empty() ? "" : "/") + std::string(name);
  context_->parts.journal.add(
      {context_->parts.clock.now(), access::user_name(caller.uid),
       command_of(caller.pid), path.empty() ? "." : path, std::string(error),
       std::string(sentence)});
}

void Tree::tick(const GoneListener& gone) {
  context_->parts.uploads.settle();
  context_->makers.forget_old(context_->parts.clock.now());
  for (const RecordPtr& record : context_->parts.images.expire()) {
    const bool trash = record->place == image::Place::trash;
    context_->add_gone(NodeId::of(trash ? NodeKind::trash : NodeKind::images),
                       record->name);
    context_->touch_folders();
  }
  std::vector<Name> names;
  {
    const std::scoped_lock lock(context_->mutex);
    names.swap(context_->gone);
  }
  for (const Name& name : names) gone(name.folder, name.name);
}

}  // namespace platter::tree
