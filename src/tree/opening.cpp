// src/tree/opening.cpp: how files are opened, each with the right to it asked.
#include "entries.h"
#include "image_files.h"
#include "info_files.h"
#include "platter/base/error.h"
#include "readme.h"
#include "schema_folder.h"
#include "task_files.h"
#include "usage_files.h"

namespace platter::tree {

using image::Record;
using image::RecordPtr;

namespace {

// The image of a file that its owner's members and those who see it in their
// catalogue share, and through whose catalogue the caller does.
std::pair<RecordPtr, std::string> seen(const Context& context,
                                       const Caller& caller,
                                       image::Number number) {
  RecordPtr record = context.parts.catalogue.find(number);
  const auto way = record ? context.way_to(caller, *record) : std::nullopt;
  if (!way) throw Error(Errc::not_found, "the image is gone");
  return {std::move(record), *way};
}

// The uploaded file, staged or stored, or a view.
std::unique_ptr<Handle> open_data(Context& context, const Caller& caller,
                                  NodeId node) {
  const auto [record, via] = seen(context, caller, node.number());
  const bool view = node.kind() == NodeKind::view;
  if (!view && via.empty() && !is_readable(*record)) {
    if (const auto draft = draft_at(context, node)) return draft_reader(draft);
  }
  auto& images = context.parts.images;
  block::SourcePtr source =
      view ? images.open_view(caller, node.number(), node.view(), via)
      : node.kind() == NodeKind::part
          ? images.open_part(caller, node.number(), node.place(), via)
          : images.open_original(caller, node.number(), via);
  return download_handle(context, caller, *record, node, std::move(source));
}

std::unique_ptr<Handle> open_info(Context& context, const Caller& caller,
                                  NodeId node) {
  const InfoFile* const file = info_file_of(node);
  if (!file) throw Error(Errc::not_found, "there is no such file");
  const std::string project = context.project_name(node.project());
  check_audience(context, caller, *file, project);
  return text_handle(text_of(context, *file, project));
}

service::DraftPtr scratch_at(Context& context, const Caller& caller,
                             NodeId node) {
  const auto scratch = context.scratches.find(node.number());
  if (!scratch) throw Error(Errc::not_found, "the file is gone");
  context.parts.access.check_add(caller, scratch->project);
  return scratch->draft;
}

std::unique_ptr<Handle> open_to_read(Context& context, const Caller& caller,
                                     NodeId node) {
  switch (node.kind()) {
    case NodeKind::readme:
      return text_handle(std::string(kReadme));
    case NodeKind::errors:
    case NodeKind::usage_csv:
    case NodeKind::events:
    case NodeKind::info_file:
      return open_info(context, caller, node);
    case NodeKind::usage_month:
      check_sees_usage(context, caller, node);
      return text_handle(usage_month_text(context, node));
    case NodeKind::json:
      return text_handle(json_of(*context.parts.images.readable(
          caller, context.image(caller, node.number()))));
    case NodeKind::entry_json: {
      const RecordPtr record = record_of_entry(context, caller, node);
      return text_handle(json_of(*context.parts.images.readable(caller, record),
                                 context.project_name(node.project())));
    }
    case NodeKind::task:
      check_sees_tasks(context, caller, node);
      return text_handle(task_json(context, task_at(context, node)));
    case NodeKind::schema_file:
      return text_handle(schema_file(context, node).text);
    case NodeKind::scratch:
      return draft_reader(scratch_at(context, caller, node));
    case NodeKind::original:
    case NodeKind::view:
    case NodeKind::part:
      return open_data(context, caller, node);
    default:
      throw Error(Errc::invalid, "that is no file");
  }
}

std::unique_ptr<Handle> open_image_file_to_write(Context& context,
                                                 const Caller& caller,
                                                 NodeId node, bool truncate) {
  const auto [record, via] = seen(context, caller, node.number());
  if (!via.empty()) {
    throw Error(Errc::read_only, "image \"" + record->name + "\" is project " +
                                     record->project +
                                     "'s; only its members change it");
  }
  auto& uploads = context.parts.uploads;
  context.parts.access.check(caller, *record, access::Act::change);
  check_in_images(*record);
  switch (node.kind()) {
    case NodeKind::json:
      return json_handle(context, caller, node.number(), truncate);
    case NodeKind::original:
      return draft_handle(context, uploads.open(node.number(), truncate));
    case NodeKind::part:
      return draft_handle(
          context, uploads.open_part(node.number(), name_of_file(*record, node),
                                     truncate));
    default:
      break;
  }
  if (record->sealed || !truncate) {
    throw Error(Errc::read_only,
                "this file is worked out from the image's disk; write to a "
                "copy of it");
  }
  return draft_handle(context, uploads.open_twin(node.number()));
}

std::unique_ptr<Handle> open_to_write(Context& context, const Caller& caller,
                                      NodeId node, bool truncate) {
  if (node.kind() == NodeKind::scratch) {
    const auto draft = scratch_at(context, caller, node);
    draft->add_writer();
    auto handle = draft_handle(context, draft);
    if (truncate) handle->resize(0);
    return handle;
  }
  if (!node.is_of_image()) {
    throw Error(Errc::read_only, "the file is worked out by Platter");
  }
  return open_image_file_to_write(context, caller, node, truncate);
}

}  // namespace

std::unique_ptr<Handle> Tree::open(const Caller& caller, NodeId node,
                                   OpenMode mode) {
  return mode.write ? open_to_write(*context_, caller, node, mode.truncate)
                    : open_to_read(*context_, caller, node);
}

}  // namespace platter::tree
