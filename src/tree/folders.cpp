// src/tree/folders.cpp
//
// What all folders share, and the plain ones: the root, info, the trash.
#include "folder.h"
#include "image_files.h"
#include "platter/base/error.h"
#include "platter/service/names.h"
#include "schema_folder.h"

namespace platter::tree {

namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(Errc::forbidden, what);
}

// A folder whose names never change.
class FixedFolder : public Folder {
 public:
  FixedFolder(Context& context, NodeId id, std::vector<Child> children)
      : Folder(context, id), children_(std::move(children)) {}

  std::optional<NodeId> lookup(const Caller&, std::string_view name) override {
    for (const Child& child : children_) {
      if (child.name == name) return child.id;
    }
    return std::nullopt;
  }
  std::vector<Child> list(const Caller&) override { return children_; }

 private:
  std::vector<Child> children_;
};

Child folder_child(const char* name, NodeKind kind) {
  return {name, NodeId::of(kind), NodeType::folder};
}
Child file_child(const char* name, NodeKind kind) {
  return {name, NodeId::of(kind), NodeType::file};
}

// What the service says of itself. Nothing is made or removed here.
class InfoFolder final : public FixedFolder {
 public:
  using FixedFolder::FixedFolder;

  NodeId make_folder(const Caller&, const std::string&) override { refuse(); }
  Created create(const Caller&, const std::string&) override { refuse(); }
  void remove_file(const Caller&, const std::string&) override { refuse(); }
  void remove_folder(const Caller&, const std::string&) override { refuse(); }

 private:
  [[noreturn]] static void refuse() {
    throw Error(Errc::read_only,
                "info/ is worked out by Platter; nothing in it is made or "
                "removed by hand");
  }
};

// Removed images, each under the name it is restored by.
class TrashFolder final : public Folder {
 public:
  using Folder::Folder;

  std::optional<NodeId> lookup(const Caller&, std::string_view name) override {
    const auto record = find(name);
    if (!record) return std::nullopt;
    return NodeId::of(NodeKind::folder, record->number);
  }

  std::vector<Child> list(const Caller&) override {
    std::vector<Child> children;
    context_.parts.catalogue.list(
        context_.parts.images.project(), image::Place::trash, "",
        [&](const image::RecordPtr& record) {
          children.push_back({record->name,
                              NodeId::of(NodeKind::folder, record->number),
                              NodeType::folder});
          return true;
        });
    return children;
  }

  void remove_folder(const Caller& caller, const std::string& name) override {
    const auto record = find(name);
    if (!record) throw Error(Errc::not_found, "the trash has no " + name);
    context_.parts.images.purge(caller, record->number);
    context_.touch_folders();
  }

 private:
  image::RecordPtr find(std::string_view name) const {
    return context_.parts.catalogue.find(context_.parts.images.project(),
                                         image::Place::trash, name);
  }
};

}  // namespace

NodeId Folder::make_folder(const Caller&, const std::string& name) {
  refuse("\"" + name +
         "\" cannot be made here; folders are made in images/, "
         "each is an image");
}

Folder::Created Folder::create(const Caller&, const std::string& name) {
  refuse("\"" + name +
         "\" cannot be made here; disk files go to images/, or into a folder "
         "of it");
}

void Folder::remove_file(const Caller&, const std::string& name) {
  refuse("\"" + name + "\" belongs to the mount and cannot be removed");
}

void Folder::remove_folder(const Caller&, const std::string& name) {
  refuse("\"" + name + "\" belongs to the mount and cannot be removed");
}

Folder::Created Folder::create_scratch(const std::string& name) {
  const service::DraftPtr draft = context_.parts.uploads.open_scratch();
  context_.scratches.add({id_, name, draft, context_.parts.clock.now(), false});
  return {NodeId::of(NodeKind::scratch, draft->number()),
          draft_handle(context_, draft)};
}

bool Folder::remove_scratch(std::string_view name) {
  const auto scratch = context_.scratches.find(id_, name);
  if (!scratch) return false;
  context_.parts.uploads.abort(scratch->draft->number());
  context_.scratches.remove(scratch->draft->number());
  return true;
}

std::optional<NodeId> Folder::lookup_scratch(std::string_view name) const {
  if (!service::is_scratch_name(name)) return std::nullopt;
  const auto scratch = context_.scratches.find(id_, name);
  if (!scratch) return std::nullopt;
  return NodeId::of(NodeKind::scratch, scratch->draft->number());
}

void Folder::list_scratches(std::vector<Child>& children) const {
  for (const auto& scratch : context_.scratches.in(id_)) {
    children.push_back({scratch.name,
                        NodeId::of(NodeKind::scratch, scratch.draft->number()),
                        NodeType::file});
  }
}

std::unique_ptr<Folder> folder_at(Context& context, NodeId id) {
  switch (id.kind()) {
    case NodeKind::root:
      return std::make_unique<FixedFolder>(
          context, id,
          std::vector<Child>{folder_child("images", NodeKind::images),
                             folder_child("info", NodeKind::info),
                             file_child("README", NodeKind::readme),
                             folder_child("trash", NodeKind::trash)});
    case NodeKind::info:
      return std::make_unique<InfoFolder>(
          context, id,
          std::vector<Child>{file_child("errors", NodeKind::errors),
                             folder_child("schema", NodeKind::schema)});
    case NodeKind::schema:
      return std::make_unique<InfoFolder>(context, id, schema_files(context));
    case NodeKind::trash:
      return std::make_unique<TrashFolder>(context, id);
    case NodeKind::images:
      return images_folder(context);
    case NodeKind::folder:
      return image_folder(context, id);
    default:
      throw Error(Errc::invalid, "that is no folder");
  }
}

}  // namespace platter::tree
