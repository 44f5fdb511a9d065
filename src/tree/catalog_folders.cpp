// src/tree/catalog_folders.cpp
//
// A project's catalogue and its sections: what it sees besides its own images.
// Offers are answered here; everything else is worked out.
#include "folder.h"
#include "platter/base/error.h"
#include "sections.h"

namespace platter::tree {

namespace {

class CatalogFolder final : public ReadOnlyFolder {
 public:
  CatalogFolder(Context& context, NodeId id)
      : ReadOnlyFolder(context, id, "catalog/") {}

  std::optional<NodeId> lookup(const Caller& caller,
                               std::string_view name) override {
    return child_named(list(caller), name);
  }

  std::vector<Child> list(const Caller&) override {
    context_.stale.looked_at(id_.project());
    return {child("by-id", NodeKind::by_id),
            child("by-os", NodeKind::by_os),
            child("by-tag", NodeKind::by_tag),
            child("community", NodeKind::community),
            child("groups", NodeKind::groups),
            child("offered", NodeKind::offered),
            child("public", NodeKind::public_),
            child("shared", NodeKind::shared)};
  }
};

class SectionFolder final : public ReadOnlyFolder {
 public:
  SectionFolder(Context& context, NodeId id)
      : ReadOnlyFolder(context, id,
                       "catalog/" + name_of(section_of(id.kind())) + "/"),
        section_(section_of(id.kind())) {}

  std::optional<NodeId> lookup(const Caller&, std::string_view name) override {
    context_.stale.looked_at(id_.project());
    const auto record = entry_named(context_, section_, project(), name);
    if (!record) return std::nullopt;
    return entry(record);
  }

  std::vector<Child> list(const Caller&) override {
    std::vector<Child> children;
    const std::string viewer = project();
    list_entries(context_, section_, viewer,
                 [&](const image::RecordPtr& record, const std::string& name) {
                   if (is_hidden_from(*record, viewer)) return;
                   children.push_back({name, entry(record), NodeType::folder});
                 });
    return children;
  }

  // Declines an offer, or leaves what was accepted.
  void remove_folder(const Caller& caller, const std::string& name) override {
    if (section_ != Section::offered && section_ != Section::shared) refuse();
    const auto record = entry_named(context_, section_, project(), name);
    if (!record) {
      throw Error(Errc::not_found, "no image " + name + " is shared with you");
    }
    context_.parts.images.answer(caller, record->number, project(), false);
  }

 private:
  NodeId entry(const image::RecordPtr& record) const {
    return NodeId::in_project(entry_kind(section_), id_.project(),
                              record->number);
  }

  Section section_;
};

}  // namespace

std::unique_ptr<Folder> catalog_folder(Context& context, NodeId id) {
  return std::make_unique<CatalogFolder>(context, id);
}

std::unique_ptr<Folder> section_folder(Context& context, NodeId id) {
  return std::make_unique<SectionFolder>(context, id);
}

}  // namespace platter::tree
