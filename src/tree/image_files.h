// src/tree/image_files.h
//
// The files of an image: which there are, under which names, and how they are
// opened.
#pragma once

#include "context.h"

namespace platter::tree {

inline constexpr std::string_view kJsonName = "image.json";

// "disk.qcow2"
std::string disk_name(format::View view);
// The view of a name like that; nullopt for other names.
std::optional<format::View> view_of_disk_name(std::string_view name);

// Whether the image's data is there to be read and shown in every format.
bool is_readable(const image::Record& record);
// Whether a disk file may be sent to the image: it has none, or one that was
// refused, or an empty one that nobody writes.
bool takes_upload(Context& context, const image::Record& record);
// Whether the image has an uploaded file, whole or in the making; of a set,
// the descriptor.
bool has_file(Context& context, const image::Record& record);
// Which of an image's uploaded files a node is. REQUIRES: it is one.
service::Draft::Part part_of_node(NodeId file);

// The files that the image's folder lists, the original first.
std::vector<Child> files_of(Context& context, const image::Record& record);
// The file that `name` means, listed or not; nullopt when it is none.
std::optional<NodeId> file_named(Context& context, const image::Record& record,
                                 std::string_view name);
// The name under which that file is listed or would be.
std::string name_of_file(const image::Record& record, NodeId file);

// The file that is being written, or waits; nullptr when there is none.
service::DraftPtr draft_at(Context& context, NodeId file);

// Open files. The first has been opened for writing by the uploads.
std::unique_ptr<Handle> draft_handle(Context& context, service::DraftPtr draft);
std::unique_ptr<Handle> draft_reader(service::DraftPtr draft);
// An image's file. What is read of it is a download by the caller.
std::unique_ptr<Handle> download_handle(Context& context, const Caller& caller,
                                        const image::Record& record,
                                        NodeId file, block::SourcePtr source);
std::unique_ptr<Handle> text_handle(std::string text);
std::unique_ptr<Handle> text_handle(std::shared_ptr<const std::string> text);
std::unique_ptr<Handle> json_handle(Context& context, const Caller& caller,
                                    image::Number number, bool truncate);

// The project's image of that name if a disk file may still be sent to it; a
// new one if there is none. Throws Errc::exists.
image::Number image_for_upload(Context& context, const Caller& caller,
                               const std::string& project,
                               const std::string& name);

// Whether the image's disk file was removed, so that another one may be sent.
bool awaits_another(const image::Record& record);
// That other one comes: the image as it was goes to the trash, and one of its
// name begins anew. Answers the new one.
image::Number begin_anew(Context& context, const Caller& caller,
                         const image::Record& record);

// Throws Errc::read_only for an image in the trash.
void check_in_images(const image::Record& record);

// Changes the image as an edited image.json says. Throws Errc::invalid for
// what is no image.json or names a bad value; nothing has changed then.
void apply_json(Context& context, const Caller& caller, image::Number number,
                std::string_view text);
// `record`: as far as it is shown; see service::Images::readable(). `viewer`:
// the project that sees the image in its catalogue, and so less of it; empty:
// its owner.
std::string json_of(const image::Record& record,
                    const std::string& viewer = {});

}  // namespace platter::tree
