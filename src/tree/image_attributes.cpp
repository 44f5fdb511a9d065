// src/tree/image_attributes.cpp
//
// What stat shows of an image's folder and its files, and of scratch files.
#include "attributes.h"
#include "image_files.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"

namespace platter::tree {

using image::Record;
using image::RecordPtr;

namespace {

// Of an image's folder or one of its files, its size aside.
Attributes of_image(const Context& context, NodeId id, const Record& record) {
  const bool folder = id.kind() == NodeKind::folder;
  const bool for_others = record.visibility != image::Visibility::private_;
  // The folders above guard the path to a file that others may read.
  const unsigned file_mode = for_others ? 0664 : 0660;
  Attributes attributes = blank(context, record.project, id,
                                folder ? NodeType::folder : NodeType::file,
                                folder ? kMembersFolder : file_mode);
  // Only a file's owner may set its times; older records name none.
  if (record.uid != 0) attributes.uid = record.uid;
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

}  // namespace

Attributes scratch_attributes(const Context& context, NodeId id) {
  const auto found = context.scratches.find(id.number());
  if (!found) throw Error(Errc::not_found, "the file is gone");
  Attributes attributes =
      blank(context, found->project, id, NodeType::file, 0660);
  attributes.uid = found->uid;
  attributes.size = found->draft->size();
  attributes.allocated = found->draft->allocated();
  attributes.modified = found->modified;
  attributes.changed = found->modified;
  return attributes;
}

Attributes image_attributes(Context& context, const Caller& caller, NodeId id) {
  const RecordPtr record = context.looked_up(caller, id.number());
  switch (id.kind()) {
    case NodeKind::original:
    case NodeKind::part:
      return uploaded(context, id, *record);
    case NodeKind::view:
      return view(context, id, *record);
    case NodeKind::json: {
      Attributes attributes = of_image(context, id, *record);
      attributes.size = json_of(*record).size();
      attributes.allocated = kPageSize;
      // Every property that is set changes it.
      attributes.lifetime = {};
      return attributes;
    }
    default:
      return of_image(context, id, *record);
  }
}

}  // namespace platter::tree
