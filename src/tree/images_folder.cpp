// src/tree/images_folder.cpp
//
// The folder of a project's images. Each is a folder; a disk file sent here
// makes one of its own name without the ending.
#include "folder.h"
#include "image_files.h"
#include "platter/base/error.h"
#include "platter/service/names.h"

namespace platter::tree {

namespace {

class ImagesFolder final : public Folder {
 public:
  using Folder::Folder;

  std::optional<NodeId> lookup(const Caller&, std::string_view name) override {
    if (const auto record = find(name)) {
      return NodeId::of(NodeKind::folder, record->number);
    }
    if (const auto pointer = pointer_named(name)) {
      return NodeId::of(NodeKind::pointer, pointer->number);
    }
    if (const auto file = sent_as(name)) return file;
    return lookup_scratch(name);
  }

  std::vector<Child> list(const Caller&) override {
    std::vector<Child> children;
    context_.parts.catalogue.list(
        project(), image::Place::images, "",
        [&](const image::RecordPtr& record) {
          children.push_back({record->name,
                              NodeId::of(NodeKind::folder, record->number),
                              NodeType::folder});
          return true;
        });
    for (const auto& pointer : context_.parts.pointers.list(project())) {
      children.push_back({pointer->name,
                          NodeId::of(NodeKind::pointer, pointer->number),
                          NodeType::link});
    }
    list_scratches(children);
    return children;
  }

  NodeId make_folder(const Caller& caller, const std::string& name) override {
    const auto record = context_.parts.images.create(caller, project(), name);
    context_.makers.add(record->number, caller.pid, record->created_at);
    context_.touch(id_.project());
    return NodeId::of(NodeKind::folder, record->number);
  }

  NodeId make_link(const Caller& caller, const std::string& name,
                   const std::string& target) override {
    const auto pointer =
        context_.parts.images.make_pointer(caller, project(), name, target);
    context_.touch(id_.project());
    return NodeId::of(NodeKind::pointer, pointer->number);
  }

  Created create(const Caller& caller, const std::string& name) override {
    const auto stem = service::disk_file_stem(name);
    if (service::is_scratch_name(name))
      return create_scratch(caller, project(), name);
    if (!stem) {
      throw Error(Errc::invalid,
                  "\"" + name +
                      "\" does not end like a disk file (.raw .img .qcow2 "
                      ".xz ...); images are folders: mkdir " +
                      name);
    }
    const image::Number number =
        image_for_upload(context_, caller, project(), *stem);
    const auto folder = NodeId::of(NodeKind::folder, number);
    Created created = folder_at(context_, folder)->create(caller, name);
    context_.touch(id_.project());
    return created;
  }

  void remove_file(const Caller& caller, const std::string& name) override {
    if (remove_scratch(caller, project(), name)) return;
    if (const auto pointer = pointer_named(name)) {
      context_.parts.images.remove_pointer(caller, pointer->number);
      context_.touch(id_.project());
      return;
    }
    const auto file = sent_as(name);
    if (!file) throw Error(Errc::not_found, "there is no " + name);
    const auto record = context_.image(caller, file->number());
    context_.parts.images.remove(caller, record->number);
    context_.stale.add({id_, record->name});
    context_.touch(id_.project());
  }

  void remove_folder(const Caller& caller, const std::string& name) override {
    const auto record = find(name);
    if (!record) throw Error(Errc::not_found, "there is no image " + name);
    context_.parts.images.remove(caller, record->number);
    context_.touch(id_.project());
  }

 private:
  image::RecordPtr find(std::string_view name) const {
    return context_.parts.catalogue.find(project(), image::Place::images, name);
  }

  image::PointerPtr pointer_named(std::string_view name) const {
    return context_.parts.pointers.find(project(), name);
  }

  // The file that was sent here by this name, and made an image of its own.
  std::optional<NodeId> sent_as(std::string_view name) const {
    const auto stem = service::disk_file_stem(name);
    const auto record = stem ? find(*stem) : nullptr;
    if (!record) return std::nullopt;
    if (record->file_name == name && has_file(context_, *record)) {
      return NodeId::of(NodeKind::original, record->number);
    }
    const auto file = file_named(context_, *record, name);
    return file && file->kind() == NodeKind::part ? file : std::nullopt;
  }
};

}  // namespace

std::unique_ptr<Folder> images_folder(Context& context, NodeId id) {
  return std::make_unique<ImagesFolder>(context, id);
}

}  // namespace platter::tree
