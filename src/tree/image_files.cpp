// src/tree/image_files.cpp
#include "image_files.h"

#include <algorithm>
#include <map>

#include "platter/base/error.h"

namespace platter::tree {

using format::Format;
using format::View;
using image::Record;
using image::RecordPtr;
using image::Status;

namespace {
constexpr std::string_view kDisk = "disk.";

bool is_hidden(const Record& record, const std::string& name) {
  return record.hidden_files.count(name) > 0;
}

bool is_listed(const Context& context, Format format) {
  const auto& listed = context.options.listed;
  return listed && std::ranges::count(*listed, format) > 0;
}

// The part's node; nullopt when nothing of it is there.
std::optional<NodeId> part_at(Context& context, const Record& record,
                              std::size_t place) {
  const bool there =
      record.parts[place].original.size > 0 ||
      context.parts.uploads.find_part(record.number, place) != nullptr;
  if (!there) return std::nullopt;
  return NodeId::of_part(record.number, place);
}

std::optional<NodeId> part_named(Context& context, const Record& record,
                                 std::string_view name) {
  if (name.empty()) return std::nullopt;
  const auto part = std::ranges::find(record.parts, name, &image::Part::name);
  if (part == record.parts.end()) return std::nullopt;
  return part_at(context, record,
                 static_cast<std::size_t>(part - record.parts.begin()));
}

// In the order of their names.
std::map<std::string, NodeId> parts_of(Context& context, const Record& record) {
  std::map<std::string, NodeId> parts;
  for (std::size_t place = 0; place < record.parts.size(); ++place) {
    const std::string& name = record.parts[place].name;
    if (name.empty()) continue;
    if (const auto part = part_at(context, record, place)) {
      parts.emplace(name, *part);
    }
  }
  return parts;
}

// Whether the disk can be shown so.
bool has_view(const Record& record, View view) {
  return record.view_sizes.count(std::string(name_of(view))) > 0;
}
}  // namespace

std::string disk_name(View view) {
  return std::string(kDisk) + std::string(name_of(view));
}

std::optional<View> view_of_disk_name(std::string_view name) {
  if (!name.starts_with(kDisk)) return std::nullopt;
  return format::view_named(name.substr(kDisk.size()));
}

bool is_readable(const Record& record) {
  return record.original && (record.status == Status::active ||
                             record.status == Status::deactivated);
}

// A set that is written again in part has the rest as it was.
bool has_file(Context& context, const Record& record) {
  if (is_readable(record)) return true;
  if (record.file_name.empty()) return false;
  return context.parts.uploads.find(record.number) != nullptr ||
         (record.original && !record.parts.empty());
}

service::Draft::Part part_of_node(NodeId file) {
  if (file.kind() != NodeKind::part) return std::nullopt;
  return file.place();
}

bool takes_upload(Context& context, const Record& record) {
  if (!has_file(context, record)) return true;
  if (is_readable(record)) return false;
  const auto draft = context.parts.uploads.find(record.number);
  if (!draft || draft->has_writers()) return false;
  return record.status == Status::error || draft->empty();
}

std::vector<Child> files_of(Context& context, const Record& record) {
  std::vector<Child> files;
  const auto original = NodeId::of(NodeKind::original, record.number);
  const auto add = [&](std::string name, NodeId id) {
    if (!is_hidden(record, name)) {
      files.push_back({std::move(name), id, NodeType::file});
    }
  };
  const bool readable = is_readable(record);
  if (has_file(context, record)) {
    add(readable ? original_name(record) : record.file_name, original);
  }
  const auto parts = parts_of(context, record);
  for (const auto& [name, id] : parts) add(name, id);
  if (!readable) return files;
  for (const Format format : format::kFormats) {
    const View view = format::view_of(format);
    if (!is_listed(context, format) || !has_view(record, view)) continue;
    // Files of these names were sent.
    if (disk_name(view) == original_name(record)) continue;
    if (parts.count(disk_name(view)) > 0) continue;
    add(disk_name(view), NodeId::of_view(record.number, view));
  }
  add(std::string(kJsonName), NodeId::of(NodeKind::json, record.number));
  return files;
}

std::optional<NodeId> file_named(Context& context, const Record& record,
                                 std::string_view name) {
  const auto original = NodeId::of(NodeKind::original, record.number);
  if (is_hidden(record, std::string(name))) return std::nullopt;
  if (const auto part = part_named(context, record, name)) return part;
  if (!is_readable(record)) {
    const bool there = name == record.file_name && has_file(context, record);
    return there ? std::optional(original) : std::nullopt;
  }
  if (name == kJsonName) return NodeId::of(NodeKind::json, record.number);
  if (name == original_name(record)) return original;
  const bool sent = name == record.file_name && !awaits_another(record);
  const auto view = view_of_disk_name(name);
  // A view that is never listed gives way to the file that was sent so.
  if (view && has_view(record, *view) && (is_plain(*view) || !sent)) {
    return NodeId::of_view(record.number, *view);
  }
  return sent ? std::optional(original) : std::nullopt;
}

service::DraftPtr draft_at(Context& context, NodeId file) {
  auto& uploads = context.parts.uploads;
  return file.kind() == NodeKind::part
             ? uploads.find_part(file.number(), file.place())
             : uploads.find(file.number());
}

std::string name_of_file(const Record& record, NodeId file) {
  switch (file.kind()) {
    case NodeKind::json:
      return std::string(kJsonName);
    case NodeKind::view:
      return disk_name(file.view());
    case NodeKind::part:
      return file.place() < record.parts.size()
                 ? record.parts[file.place()].name
                 : "?";
    default:
      return is_readable(record) ? original_name(record) : record.file_name;
  }
}

bool awaits_another(const Record& record) {
  return is_readable(record) && is_hidden(record, original_name(record));
}

image::Number begin_anew(Context& context, const Caller& caller,
                         const Record& record) {
  const NodeId folder = context.folder_of(record);
  context.parts.images.remove(caller, record.number);
  const RecordPtr fresh =
      context.parts.images.create(caller, record.project, record.name);
  context.stale.add({folder, record.name});
  context.touch(folder.project());
  return fresh->number;
}

void check_in_images(const Record& record) {
  if (record.place == image::Place::trash) {
    throw Error(Errc::read_only,
                "image \"" + record.name +
                    "\" is in the trash; move it back to images/ first");
  }
}

image::Number image_for_upload(Context& context, const Caller& caller,
                               const std::string& project,
                               const std::string& name) {
  const RecordPtr taken =
      context.parts.catalogue.find(project, image::Place::images, name);
  if (!taken) return context.parts.images.create(caller, project, name)->number;
  if (!takes_upload(context, *taken)) {
    throw Error(Errc::exists,
                "there is an image \"" + name +
                    "\" already; remove or rename it, or send the file under "
                    "another name");
  }
  return taken->number;
}

}  // namespace platter::tree
