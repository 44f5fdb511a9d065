// src/tree/shelf.cpp: how a shelf is worked out.
#include "shelf.h"

#include <algorithm>

#include "image_files.h"
#include "platter/base/digest.h"
#include "sections.h"

namespace platter::tree {

using image::ProjectNumber;
using image::Record;
using image::RecordPtr;

namespace {

constexpr std::string_view kLatest = "latest";

// Whether a property's value can be a folder's name.
bool is_folder_name(std::string_view text) {
  return !text.empty() && text.size() <= 255 && text.front() != '.' &&
         text.find('/') == text.npos && text.find('\0') == text.npos;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string property(const Record& record, const char* name) {
  const auto found = record.properties.find(name);
  return found == record.properties.end() ? "" : found->second;
}

class Builder {
 public:
  Builder(Context& context, ProjectNumber project)
      : context_(context),
        project_(project),
        viewer_(context.project_name(project)),
        shelf_(std::make_shared<Shelf>()) {
    shelf_->generation = context.parts.catalogue.generation();
    for (const char* path : {"id", "os", "tag"}) shelf_->facets[path];
  }

  ShelfPtr build() {
    context_.parts.catalogue.list(
        viewer_, image::Place::images, "", [&](const RecordPtr& record) {
          own_.insert(record->name);
          add(*record, "images/" + record->name, record->name);
          return true;
        });
    for (const Section section :
         {Section::public_, Section::community, Section::shared}) {
      add_section(section);
    }
    for (const auto& [path, latest] : latest_) add_latest(path, latest);
    return shelf_;
  }

 private:
  // The highest release in a folder, of each profile and of all ("").
  struct Newest {
    std::pair<std::uint64_t, std::uint64_t> release;
    std::string link;
  };
  using Latest = std::map<std::string, Newest>;

  void add_section(Section section) {
    list_entries(context_, section, viewer_,
                 [&](const RecordPtr& record, const std::string& name) {
                   if (record->project == viewer_) return;
                   const bool taken = own_.count(name) > 0;
                   add(*record,
                       "catalog/" + tree::name_of(section) + "/" + name,
                       taken ? full_name(*record) : name);
                 });
  }

  void add(const Record& record, const std::string& home,
           const std::string& link) {
    const bool listed = !is_hidden_from(record, viewer_);
    const auto put = [&](const std::string& path, NodeKind kind, int depth,
                         const std::string& name) {
      shelf_->facets[path].links.try_emplace(
          name, Facet::Link{NodeId::in_project(kind, project_, record.number),
                            link_to(home, depth), listed});
    };
    put("id", NodeKind::link_by_id, 2, to_text(record.id));
    if (!is_readable(record)) return;
    for (const std::string& tag : record.tags) {
      if (!is_folder_name(tag)) continue;
      put(folder("tag", tag, listed), NodeKind::link_by_tag, 3, link);
    }
    const std::string group = property(record, "media_group");
    if (!group.empty()) {
      put("group/" + group, NodeKind::link_in_group, 3, link);
    }
    const auto release = release_of(record.name);
    const auto [distro, version] = system_of(record);
    if (!is_folder_name(distro) || !is_folder_name(version)) return;
    const std::string path =
        folder(folder("os", distro, listed), version, listed);
    put(path, NodeKind::link_by_os, 4, link);
    if (release && listed && record.status == image::Status::active) {
      note_latest(path, *release, link);
    }
  }

  // The path of that folder in the facet, which is made when missing.
  std::string folder(const std::string& parent, const std::string& name,
                     bool listed) {
    const std::string path = parent + "/" + name;
    Facet::Folder& folder = shelf_->facets[parent].folders[name];
    folder.listed |= listed;
    if (folder.id == NodeId{}) {
      folder.id = hashed(NodeKind::facet, path, shelf_->paths);
    }
    shelf_->facets[path];
    return path;
  }

  // A node for that path. Two paths of one hash get different ones.
  NodeId hashed(NodeKind kind, const std::string& path,
                std::map<NodeId, std::string>& texts) const {
    constexpr std::uint64_t kMask =
        (std::uint64_t{1} << NodeId::kNumberBits) - 1;
    std::uint64_t hash = hash64(as_bytes(path)) & kMask;
    NodeId id = NodeId::in_project(kind, project_, hash);
    while (!texts.emplace(id, path).second) {
      hash = (hash + 1) & kMask;
      id = NodeId::in_project(kind, project_, hash);
    }
    return id;
  }

  // What came first stays when releases are equal: own images come before
  // those of others.
  void note_latest(const std::string& path, const Release& release,
                   const std::string& link) {
    for (const std::string& profile : {std::string(), release.profile}) {
      const auto [found, fresh] =
          latest_[path].try_emplace(profile, Newest{release.release, link});
      if (!fresh && release.release > found->second.release) {
        found->second = {release.release, link};
      }
    }
  }

  void add_latest(const std::string& path, const Latest& latest) {
    for (const auto& [profile, newest] : latest) {
      std::string name(kLatest);
      if (!profile.empty()) name += "-" + profile;
      auto& links = shelf_->facets[path].links;
      if (links.count(name) > 0) continue;  // an image is called so
      const NodeId id =
          hashed(NodeKind::latest, path + "/" + name, shelf_->targets);
      shelf_->targets[id] = newest.link;
      links.emplace(name, Facet::Link{id, newest.link, true});
    }
  }

  Context& context_;
  ProjectNumber project_;
  std::string viewer_;
  std::shared_ptr<Shelf> shelf_;
  std::set<std::string> own_;
  std::map<std::string, Latest> latest_;
};

}  // namespace

ShelfPtr shelf_of(Context& context, ProjectNumber project) {
  const std::uint64_t generation = context.parts.catalogue.generation();
  if (ShelfPtr kept = context.shelves.find(project, generation)) return kept;
  ShelfPtr shelf = Builder(context, project).build();
  context.shelves.keep(project, shelf);
  return shelf;
}

System system_of(const Record& record) {
  System system{property(record, "os_distro"), property(record, "os_version")};
  const auto release = release_of(record.name);
  if (system.distro.empty() && release) system.distro = release->distro;
  if (system.version.empty() && release) system.version = release->version;
  return system;
}

std::optional<Release> release_of(const std::string& name) {
  const std::size_t os_end = name.find('-');
  const std::size_t mark = name.rfind("-v");
  if (os_end == name.npos || os_end == 0 || mark == name.npos) {
    return std::nullopt;
  }
  const std::size_t version_end = name.find('-', os_end + 1);
  if (version_end == name.npos || version_end >= mark) return std::nullopt;
  Release release{name.substr(0, os_end),
                  name.substr(os_end + 1, version_end - os_end - 1),
                  name.substr(version_end + 1, mark - version_end - 1),
                  {}};
  const std::string numbers = name.substr(mark + 2);
  const std::size_t dot = numbers.find('.');
  if (dot == numbers.npos || !is_number(numbers.substr(0, dot)) ||
      !is_number(numbers.substr(dot + 1)) || release.version.empty() ||
      release.profile.empty()) {
    return std::nullopt;
  }
  release.release = {std::stoull(numbers.substr(0, dot)),
                     std::stoull(numbers.substr(dot + 1))};
  return release;
}

}  // namespace platter::tree
