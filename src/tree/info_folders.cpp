// src/tree/info_folders.cpp: what the service says of itself.
#include "folder.h"
#include "info_files.h"
#include "platter/base/error.h"

namespace platter::tree {

namespace {

class InfoFolder final : public ReadOnlyFolder {
 public:
  InfoFolder(Context& context, NodeId id, InfoPlace place)
      : ReadOnlyFolder(context, id, path_of(place) + "/"), place_(place) {}

  std::optional<NodeId> lookup(const Caller& caller,
                               std::string_view name) override {
    return child_named(list(caller), name);
  }

  std::vector<Child> list(const Caller&) override {
    std::vector<Child> children;
    const bool own = id_.project() == 0;
    for (const InfoFile& file : info_files()) {
      if (file.place != place_ || (!file.everywhere && !own)) continue;
      children.push_back(
          {file.name, file.id_in(id_.project()), NodeType::file});
    }
    if (place_ == InfoPlace::operator_) {
      children.push_back(inner_folder("usage", InfoPlace::operator_usage));
      return children;
    }
    if (own) children.push_back(inner_folder("operator", InfoPlace::operator_));
    children.push_back(child("schema", NodeKind::schema));
    children.push_back(child("tasks", NodeKind::tasks));
    children.push_back(inner_folder("usage", InfoPlace::usage));
    return children;
  }

 private:
  Child inner_folder(const char* name, InfoPlace place) const {
    return {name,
            NodeId::in_project(NodeKind::info_folder, id_.project(),
                               static_cast<std::uint64_t>(place)),
            NodeType::folder};
  }

  InfoPlace place_;
};

}  // namespace

bool is_for_admins(NodeId folder) noexcept {
  const auto place = static_cast<InfoPlace>(folder.inner());
  return folder.kind() == NodeKind::info_folder &&
         (place == InfoPlace::operator_ || place == InfoPlace::operator_usage);
}

std::unique_ptr<Folder> info_folder(Context& context, NodeId id) {
  const auto place = id.kind() == NodeKind::info
                         ? InfoPlace::info
                         : static_cast<InfoPlace>(id.inner());
  switch (place) {
    case InfoPlace::info:
    case InfoPlace::operator_:
      return std::make_unique<InfoFolder>(context, id, place);
    case InfoPlace::usage:
    case InfoPlace::operator_usage:
      return usage_folder(context, id, place == InfoPlace::operator_usage);
  }
  throw Error(Errc::not_found, "there is no such folder");
}

}  // namespace platter::tree
