// src/tree/attributes.cpp
//
// What stat shows of each node.
#include "image_files.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "readme.h"
#include "schema_folder.h"

namespace platter::tree {

using image::Record;
using image::RecordPtr;
using std::chrono::milliseconds;

namespace {

// What changes only through this mount: the kernel sees that itself, or is
// told.
constexpr milliseconds kLong{60'000};
// What a request for something else may change.
constexpr milliseconds kShort{1'000};

constexpr unsigned kFolderMode = 02770;
constexpr unsigned kFileMode = 0660;
constexpr unsigned kOpenToAll = 0755;

Attributes blank(const Context& context, NodeId id, NodeType type,
                 unsigned permissions) {
  Attributes attributes;
  attributes.id = id;
  attributes.type = type;
  attributes.permissions = permissions;
  attributes.links = type == NodeType::folder ? 2 : 1;
  attributes.uid = context.options.uid;
  attributes.gid = context.options.gid;
  return attributes;
}

Attributes fixed_folder(const Context& context, NodeId id,
                        unsigned permissions) {
  Attributes attributes = blank(context, id, NodeType::folder, permissions);
  attributes.modified = {context.folders_changed.load()};
  attributes.changed = attributes.modified;
  attributes.lifetime = kShort;
  attributes.name_lifetime = kLong;
  return attributes;
}

Attributes text_file(const Context& context, NodeId id, std::size_t size,
                     Timestamp modified) {
  Attributes attributes = blank(context, id, NodeType::file, 0444);
  attributes.size = size;
  attributes.allocated = kPageSize;
  attributes.modified = modified;
  attributes.changed = modified;
  return attributes;
}

// Of an image's folder or one of its files, its size aside.
Attributes of_image(const Context& context, NodeId id, const Record& record) {
  const bool folder = id.kind() == NodeKind::folder;
  Attributes attributes =
      blank(context, id, folder ? NodeType::folder : NodeType::file,
            folder ? kFolderMode : kFileMode);
  const bool disk = id.kind() == NodeKind::original ||
                    id.kind() == NodeKind::view || id.kind() == NodeKind::part;
  attributes.modified =
      disk && record.modified_at ? record.modified_at : record.updated_at;
  attributes.changed = record.updated_at;
  const bool settled = record.sealed && is_readable(record);
  if (folder) attributes.lifetime = kShort;
  if (settled) attributes.lifetime = kLong;
  if (settled || folder) attributes.name_lifetime = kLong;
  return attributes;
}

// Bytes of an uploaded file that are data, in whole clusters; at least a page,
// as tools take a file without blocks for one that is all zeros. Of the guest's
// data a part is taken to have its share.
std::uint64_t allocated_by(const Record& record,
                           const image::Original& original) {
  constexpr std::uint64_t kCluster = 64 * kKiB;
  std::uint64_t clusters = original.literal.root.counts.clusters;
  if (record.guest && original.runs != image::TreeRoot{}) {
    const double share =
        static_cast<double>(original.size) / static_cast<double>(record.size());
    clusters += static_cast<std::uint64_t>(
        share * static_cast<double>(record.guest->root.counts.clusters));
  }
  const std::uint64_t most = round_up(original.size, kPageSize);
  return std::max(std::min(clusters * kCluster, most), kPageSize);
}

// What is stored of the file; nullptr when there is nothing.
const image::Original* stored(NodeId id, const Record& record) {
  if (id.kind() != NodeKind::part) {
    return record.original ? &*record.original : nullptr;
  }
  if (id.place() >= record.parts.size()) return nullptr;
  const image::Original& original = record.parts[id.place()].original;
  return original.size > 0 ? &original : nullptr;
}

// One of the files that were uploaded, or are.
Attributes uploaded(Context& context, NodeId id, const Record& record) {
  Attributes attributes = of_image(context, id, record);
  const auto draft = is_readable(record) ? nullptr : draft_at(context, id);
  if (draft) {
    attributes.size = draft->size();
    attributes.allocated = draft->allocated();
    if (!record.modified_at) attributes.modified = context.parts.clock.now();
  } else if (const image::Original* original = stored(id, record)) {
    attributes.size = original->size;
    attributes.allocated = allocated_by(record, *original);
  } else if (id.kind() == NodeKind::part) {
    throw Error(Errc::not_found, "the image has no such part");
  }
  return attributes;
}

Attributes view(const Context& context, NodeId id, const Record& record) {
  const auto size = record.view_sizes.find(std::string(name_of(id.view())));
  if (size == record.view_sizes.end()) {
    throw Error(Errc::not_found, "the image has no such file");
  }
  Attributes attributes = of_image(context, id, record);
  attributes.size = size->second;
  attributes.allocated = kPageSize;
  return attributes;
}

Attributes scratch(const Context& context, NodeId id) {
  const auto found = context.scratches.find(id.number());
  if (!found) throw Error(Errc::not_found, "the file is gone");
  Attributes attributes = blank(context, id, NodeType::file, kFileMode);
  attributes.size = found->draft->size();
  attributes.allocated = found->draft->allocated();
  attributes.modified = found->modified;
  attributes.changed = found->modified;
  return attributes;
}

Attributes of_image_node(Context& context, const Caller& caller, NodeId id) {
  const RecordPtr record = context.image(caller, id.number());
  switch (id.kind()) {
    case NodeKind::original:
    case NodeKind::part:
      return uploaded(context, id, *record);
    case NodeKind::view:
      return view(context, id, *record);
    case NodeKind::json: {
      Attributes attributes = of_image(context, id, *record);
      attributes.size =
          json_of(*context.parts.images.readable(caller, record)).size();
      attributes.allocated = kPageSize;
      // Every property that is set changes it.
      attributes.lifetime = {};
      return attributes;
    }
    default:
      return of_image(context, id, *record);
  }
}

}  // namespace

Attributes Tree::attributes(const Caller& caller, NodeId node) {
  switch (node.kind()) {
    case NodeKind::root:
    case NodeKind::info:
    case NodeKind::schema:
      return fixed_folder(*context_, node, kOpenToAll);
    case NodeKind::images:
    case NodeKind::trash:
      return fixed_folder(*context_, node, kFolderMode);
    case NodeKind::readme:
      return text_file(*context_, node, kReadme.size(), {1});
    case NodeKind::schema_file:
      return text_file(*context_, node,
                       schema_file(*context_, node).text.size(), {1});
    case NodeKind::errors: {
      const auto& journal = context_->parts.journal;
      return text_file(*context_, node, errors_text(journal).size(),
                       journal.changed_at());
    }
    case NodeKind::scratch:
      return scratch(*context_, node);
    default:
      return of_image_node(*context_, caller, node);
  }
}

}  // namespace platter::tree
