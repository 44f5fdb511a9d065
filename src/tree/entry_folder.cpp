// src/tree/entry_folder.cpp
//
// An image in a catalogue: a folder of its own, which shares the files of the
// image's. Nothing in it can be changed.
#include "entries.h"
#include "folder.h"
#include "image_files.h"
#include "platter/base/error.h"
#include "sections.h"

namespace platter::tree {

using image::Record;
using image::RecordPtr;

namespace {

class EntryFolder final : public ReadOnlyFolder {
 public:
  EntryFolder(Context& context, NodeId id)
      : ReadOnlyFolder(context, id, "an image in catalog/") {}

  std::optional<NodeId> lookup(const Caller&, std::string_view name) override {
    const RecordPtr record = record_of_entry(context_, id_);
    if (name == kJsonName) return json();
    if (is_offered()) return std::nullopt;
    return file_named(context_, *record, name);
  }

  std::vector<Child> list(const Caller& caller) override {
    const RecordPtr record = record_of_entry(context_, caller, id_);
    if (is_offered()) return {json_child()};
    std::vector<Child> children;
    for (Child& file : files_of(context_, *record)) {
      if (file.name != kJsonName) children.push_back(std::move(file));
    }
    children.push_back(json_child());
    return children;
  }

 private:
  bool is_offered() const { return id_.kind() == NodeKind::entry_offered; }
  NodeId json() const {
    return NodeId::in_project(NodeKind::entry_json, id_.project(), id_.inner());
  }
  Child json_child() const {
    return {std::string(kJsonName), json(), NodeType::file};
  }
};

bool shows(const Context& context, NodeId entry, const Record& record,
           const std::string& viewer) {
  if (entry.is_entry()) return is_in(section_of(entry.kind()), record, viewer);
  return is_in(Section::offered, record, viewer) ||
         home_of(context, record, viewer).has_value();
}

}  // namespace

RecordPtr record_of_entry(const Context& context, NodeId entry) {
  RecordPtr record = context.parts.catalogue.find(entry.inner());
  const std::string viewer = context.project_name(entry.project());
  if (!record || !shows(context, entry, *record, viewer)) {
    throw Error(Errc::not_found, "the image is gone, or not for the project");
  }
  return record;
}

RecordPtr record_of_entry(const Context& context, const Caller& caller,
                          NodeId entry) {
  RecordPtr record = record_of_entry(context, entry);
  const std::string viewer = context.project_name(entry.project());
  const auto& access = context.parts.access;
  if (viewer == record->project) {
    access.check(caller, *record, access::Act::see);
  } else {
    access.check_via(caller, *record, viewer, access::Act::see);
  }
  return record;
}

std::unique_ptr<Folder> entry_folder(Context& context, NodeId id) {
  return std::make_unique<EntryFolder>(context, id);
}

}  // namespace platter::tree
